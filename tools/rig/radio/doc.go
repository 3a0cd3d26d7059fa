// Package radio tries the scout's way into a radio network without a radio on the desk: its test boots Debian's
// kernel for arm64, which has two radios made of software (mac80211_hwsim), runs Debian's hostapd on one and
// the scout with the supplicant of the boards on the other, and sees who is let in and who is not. No camera is
// near, and it stands outside the data path.
package radio

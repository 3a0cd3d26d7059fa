package approval

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"tellijn/counting/scene"
	"tellijn/privacy/sign"
)

// Reason says why an approval does not count. The numbers are in the log of the device and are not given
// twice.
type Reason uint8

// The reasons.
const (
	Valid         Reason = 0  // it counts
	Missing       Reason = 1  // there is none
	Unreadable    Reason = 2  // what is there is none
	NobodyMay     Reason = 3  // the configuration does not say whose approvals count
	OtherSigner   Reason = 4  // signed by somebody else, or changed since
	OnlyTest      Reason = 5  // for tests, but this board is real
	OtherDevice   Reason = 6  // does not name this device
	OtherGeometry Reason = 7  // other lines, zones or size of a person
	Finer         Reason = 8  // counts would leave in smaller steps, or more often
	LongerHours   Reason = 9  // the device would count at hours that were not approved
	NotYet        Reason = 10 // begins later
	Ended         Reason = 11 // has ended
)

// Last is the largest Reason.
const Last = Ended

// String says it in plain words.
func (r Reason) String() string {
	words := [...]string{Valid: "the approval is valid", Missing: "there is no approval", Unreadable: "the approval cannot be read",
		NobodyMay: "the configuration does not say whose approvals count", OtherSigner: "the approval is not signed by whom the configuration names",
		OnlyTest: "the approval is one for tests", OtherDevice: "the approval is for other devices",
		OtherGeometry: "the approval is for other lines, zones or another size of a person", Finer: "the approval wants coarser counts or longer records",
		LongerHours: "the approval is for fewer hours, or another time zone", NotYet: "the approval begins later", Ended: "the approval has ended"}
	if int(r) >= len(words) {
		return fmt.Sprintf("reason %d", r)
	}
	return words[r]
}

// Hint says what can be done about it, or "".
func (r Reason) Hint() string {
	words := [...]string{Missing: "put it on the card: fieldkit flash -approval FILE",
		Unreadable: "copy it anew; fieldkit approve show FILE reads it", NobodyMay: "add [approval] signer to the configuration",
		OtherSigner: "compare [approval] signer with fieldkit approve show FILE", OnlyTest: "have it signed by whoever decides here",
		OtherDevice: "have one signed that names this device", OtherGeometry: "have the new geometry approved",
		Finer:       "raise release.k or interval to what was approved, or have it approved",
		LongerHours: "compare [hours] and release.zone with fieldkit approve show FILE", NotYet: "it opens by itself", Ended: "have it decided anew"}
	if int(r) >= len(words) {
		return ""
	}
	return words[r]
}

// Board is what of a device an approval is held against.
type Board struct {
	Pretended bool        // counts nobody real
	Signer    sign.Public // whose approvals count; zeros for nobody
	Device    string
	Hours     Hours // of the device
	Scene     scene.Scene
	K         int // people
	Interval  time.Duration
}

// Open reads a signed approval and tells whether its signature counts at this board. On a pretended board
// the public test key does too. The approval is nil unless the reason is Valid.
func Open(signed []byte, b *Board) (*Approval, Reason) {
	if len(signed) == 0 {
		return nil, Missing
	}
	if !b.Pretended && b.Signer == TestKey() {
		return nil, OnlyTest // a real board that names the public key would take it from anybody
	}
	if b.Signer == (sign.Public{}) && !b.Pretended {
		return nil, NobodyMay
	}
	payload, err := sign.Open(sign.Approval, b.Signer, signed)
	if errors.Is(err, sign.ErrSignature) {
		var known error
		if payload, known = sign.Open(sign.Approval, TestKey(), signed); known == nil && !b.Pretended {
			return nil, OnlyTest
		}
		err = known
	}
	if errors.Is(err, sign.ErrSignature) {
		return nil, OtherSigner
	}
	if err != nil {
		return nil, Unreadable
	}
	a, err := Decode(payload)
	switch {
	case err != nil:
		return nil, Unreadable
	case a.Test && !b.Pretended:
		return nil, OnlyTest
	}
	return a, Valid
}

// Check tells whether a device may count under a at now, or the first reason why not.
func (a *Approval) Check(b *Board, now time.Time) Reason {
	if r := a.Fits(b); r != Valid {
		return r
	}
	return a.Holds(now)
}

// Fits tells whether a is for this device as it is set up, or the first reason why not. It does not depend
// on the time.
func (a *Approval) Fits(b *Board) Reason {
	if a.Test && !b.Pretended {
		return OnlyTest
	}
	if !slices.Contains(a.Devices, b.Device) && len(a.Devices) > 0 {
		return OtherDevice
	}
	if own := SceneOf(&b.Scene); a.Scene.PersonArea != 0 && !a.Scene.equal(&own) {
		return OtherGeometry
	}
	if b.K < int(a.K) || b.Interval < time.Duration(a.Interval)*time.Second {
		return Finer
	}
	if !a.Hours.cover(&b.Hours) {
		return LongerHours
	}
	return Valid
}

// Holds tells whether a holds at now, or whether it begins later or has ended.
func (a *Approval) Holds(now time.Time) Reason {
	switch s := now.Unix(); {
	case s < a.From:
		return NotYet
	case s >= a.Until:
		return Ended
	}
	return Valid
}

func (s *Scene) equal(o *Scene) bool {
	return s.PersonArea == o.PersonArea && slices.Equal(s.Lines, o.Lines) &&
		slices.EqualFunc(s.Zones, o.Zones, slices.Equal[[]int32])
}

// cover tells whether h is open whenever o is, by the clock of the same place.
func (h *Hours) cover(o *Hours) bool {
	if h.Zone != "" && h.Zone != o.Zone || len(o.Days) != len(h.Days) {
		return false
	}
	for i := range h.Days {
		for k := 0; k+1 < len(o.Days[i]); k += 2 {
			if !h.within(i, o.Days[i][k], o.Days[i][k+1]) {
				return false
			}
		}
	}
	for _, d := range h.Closed {
		day := time.Date(int(d/10_000), time.Month(d/100%100), int(d%100), 12, 0, 0, 0, time.UTC).Weekday()
		if !slices.Contains(o.Closed, d) && len(o.Days[day]) > 0 {
			return false
		}
	}
	return true
}

// within tells whether one span of a day lies in one of h, whose spans are apart.
func (h *Hours) within(day int, from, to uint16) bool {
	ends := h.Days[day]
	for k := 0; k+1 < len(ends); k += 2 {
		if ends[k] <= from && to <= ends[k+1] {
			return true
		}
	}
	return false
}

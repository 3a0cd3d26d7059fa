package main

import (
	"strings"
	"testing"

	"tellijn/firmware/scout/setter"
)

func TestFlags(t *testing.T) {
	for args, want := range map[string]string{ // "" is fine
		"":              "",
		"-network none": "",
		"-network dhcp -interface eth0 -time a:123 -time 192.0.2.1:1 -time [2001:db8::1]:123 -time d:1 -floor 1700000000 -rtc /dev/rtc0": "",
		"-network static -address 192.0.2.5/24":                                                         "",
		"-network static -address 192.0.2.5/24 -gateway 192.0.2.1 -names 192.0.2.1,192.0.2.2,192.0.2.3": "",
		"word":                                  "no flag",
		"-network bootp":                        "-network",
		"-network static":                       "-address",
		"-network static -address 192.0.2.5":    "-address",
		"-network static -address 192.0.2.0/24": "first or last",
		"-network static -address 127.0.0.1/8":  "machine itself",
		"-network static -address 192.0.2.5/24 -gateway 192.0.3.1":                             "not in",
		"-network static -address 192.0.2.5/24 -gateway here":                                  "-gateway",
		"-network static -address 192.0.2.5/24 -names ,":                                       "-names",
		"-network static -address 192.0.2.5/24 -names a":                                       "-names",
		"-network static -address 192.0.2.5/24 -names 192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4": "at most 3",
		"-network static -address 2001:db8::5/64":                                              "version 4",
		"-address 192.0.2.5/24":                                                                "go with",
		"-network none -names 192.0.2.1":                                                       "go with",
		"-time a":                                                                              "host:port",
		"-time a:0":                                                                            "port",
		"-time :123":                                                                           "host:port",
		"-time a:1 -time a:2 -time a:3 -time a:4 -time a:5":                                    "more than 4",
		"-floor -1":         "-floor",
		"-floor 4102444801": "-floor",
		"-wait 61m":         "-wait",
		"-wait -1s":         "-wait",
		"-wait 0s":          "",
	} {
		o, err := flags(strings.Fields(args))
		var p setter.Plan
		if err == nil {
			p, err = o.plan()
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q; %+v", args, err, want, p)
		}
	}
}

func TestManifests(t *testing.T) {
	text := manifests()
	for _, want := range []string{"scout, while it works", "right: set the clock", "scout-asker, while it works", "rights: none; becomes nobody", "wpa_supplicant, from its start", "right: send frames"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, never := range []string{"listen ", "accept ", "ptrace", "init_module"} {
		if strings.Contains(text, "\n  "+never) {
			t.Errorf("%q in\n%s", never, text)
		}
	}
}

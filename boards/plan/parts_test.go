package plan

import (
	"errors"
	"strings"
	"testing"
)

// good is one of each table; the numbers of its lines are what the tests look for.
const good = `[parts]
camera_power = "GPIO17"
camera_lamp = "GPIO27"
lamp = "GPIO22"
button = "GPIO23"
watchdog = "/dev/watchdog0"
clock = "/dev/rtc0"
[network]
kind = "static"
interface = "eth0"
address = "192.0.2.5/24"
gateway = "192.0.2.1"
names = ["192.0.2.1", "198.51.100.7"]
[time]
servers = ["ntp.example:123", "[2001:db8::1]:123"]
[approval]
signer = "1111111111111111111111111111111111111111111111111111111111111111"
`

type tables struct {
	Parts    Parts    `toml:"parts"`
	Network  Network  `toml:"network"`
	Time     Time     `toml:"time"`
	Approval Approval `toml:"approval"`
}

// check reads and checks all of them.
func check(text string) (v tables, err error) {
	if err = Read("f.toml", text, &v); err == nil {
		err = v.Parts.Check("f.toml", text)
	}
	if err == nil {
		err = v.Network.Check("f.toml", text)
	}
	if err == nil {
		err = v.Time.Check("f.toml", text)
	}
	if err == nil {
		err = v.Approval.Check("f.toml", text)
	}
	return v, err
}

func TestTables(t *testing.T) {
	v, err := check(good)
	if err != nil || v.Parts.Lines()[3] != (PartLine{"button", "GPIO23"}) || v.Network.Names[1] != "198.51.100.7" || len(v.Time.Servers) != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	if v, err = check(""); err != nil || v.Network.Kind != "dhcp" {
		t.Fatalf("%+v, %v", v, err)
	}
}

func TestTablesWrong(t *testing.T) {
	for _, tc := range []struct{ from, to, want string }{
		{`"GPIO17"`, `"GPIO 17"`, ":2: invalid: parts.camera_power"},
		{`"GPIO17"`, `"` + strings.Repeat("G", 32) + `"`, ":2: invalid: parts.camera_power"},
		{`"GPIO27"`, `"GPIO17"`, `:3: invalid: parts.camera_lamp: "GPIO17" is the line of camera_power already`},
		{`"GPIO22"`, `"GPIO23"`, `:5: invalid: parts.button: "GPIO23" is the line of lamp already`},
		{`camera_power = "GPIO17"`, ``, ":3: invalid: parts.camera_lamp"},
		{`"/dev/watchdog0"`, `"watchdog0"`, ":6: invalid: parts.watchdog"},
		{`"/dev/rtc0"`, `"/dev/../etc"`, ":7: invalid: parts.clock"},
		{`camera_power`, `camera_powr`, `:2: invalid: parts.camera_powr: unknown key; did you mean parts.camera_power?`},
		{`clock = "/dev/rtc0"`, `servers = []`, `unknown key; servers belongs into [time]`},
		{`clock = "/dev/rtc0"`, `brightness = 1`, `unknown key; in [parts] there are: camera_power, camera_lamp, lamp, button, watchdog, clock`},
		{`[time]`, `[clock]`, `unknown key; clock belongs into [parts]`},
		{`[time]`, `[entirely_else]`, `unknown key; there are: parts, network, time, approval`},
		{`"static"`, `"hotspot"`, ":9: invalid: network.kind"},
		{`"static"`, `"dhcp"`, ":11: invalid: network.address"},
		{`"eth0"`, `"eth0;"`, ":10: invalid: network.interface"},
		{`"eth0"`, `"0123456789abcdef"`, ":10: invalid: network.interface"},
		{`192.0.2.5/24`, `192.0.2.5`, ":11: invalid: network.address"},
		{`192.0.2.5/24`, `192.0.2.5/31`, ":11: invalid: network.address"},
		{`192.0.2.5/24`, `192.0.2.5/024`, ":11: invalid: network.address"},
		{`192.0.2.5/24`, `127.0.0.1/8`, ":11: invalid: network.address"},
		{`192.0.2.5/24`, `2001:db8::5/64`, ":11: invalid: network.address"},
		{`192.0.2.5/24`, `192.0.2.256/24`, ":11: invalid: network.address"},
		{`192.0.2.5/24`, `192.0.2.05/24`, ":11: invalid: network.address"},
		{`192.0.2.5/24`, `192.0.2.5/26`, ""},
		{`gateway = "192.0.2.1"`, `gateway = "192.0.3.1"`, ":12: invalid: network.gateway"},
		{`gateway = "192.0.2.1"`, `gateway = "192.0.2.5"`, ":12: invalid: network.gateway"},
		{`gateway = "192.0.2.1"`, ``, ""},
		{`"198.51.100.7"]`, `"198.51.100.7", "198.51.100.8", "198.51.100.9"]`, ":13: invalid: network.names"},
		{`"198.51.100.7"]`, `"ns.example"]`, ":13: invalid: network.names"},
		{`"198.51.100.7"]`, `"198.51.100.7\nsearch x"]`, ":13: invalid: network.names"},
		{`"ntp.example:123"`, `"ntp.example"`, ":15: invalid: time.servers"},
		{`"ntp.example:123"`, `"[2001:db8::1]:123"`, "twice"},
		{`"ntp.example:123"`, `"a:1", "b:1", "c:1", "d:1"`, "5 servers, at most 4"},
		{`"1111`, `"111`, ":17: invalid: approval.signer"},
		{`"1111`, `"G111`, ":17: invalid: approval.signer"},
	} {
		text := strings.Replace(good, tc.from, tc.to, 1)
		_, err := check(text)
		if tc.want == "" && err == nil && text != good {
			continue
		}
		if text == good || !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tc.want) || tc.want == "" {
			t.Errorf("%q: got %v, want %s", tc.to, err, tc.want)
		}
	}
}

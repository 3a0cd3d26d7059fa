package config

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/boards/plan"
)

// machines is what a device says about the computer, its hours and its network.
const machines = `device = "north-door"
[parts]
camera_power = "GPIO5"
lamp = "GPIO6"
[hours]
open = ["sat 09:00-17:00"]
closed = ["2027-01-02"]
[network]
kind = "static"
address = "192.0.2.5/24"
[time]
servers = ["ntp.example:123"]
[approval]
signer = "1111111111111111111111111111111111111111111111111111111111111111"
`

func TestMachine(t *testing.T) {
	b, err := boards.Lookup("rpi-4b")
	if err != nil {
		t.Fatal(err)
	}
	before := b
	if err := Apply("f.toml", machines, &b); err != nil {
		t.Fatal(err)
	}
	want := before
	want.Device = "north-door"
	want.Parts = plan.Parts{CameraPower: "GPIO5", Lamp: "GPIO6"} // a table replaces that of the board as a whole
	want.Hours = plan.Hours{Open: []string{"sat 09:00-17:00"}, Closed: []string{"2027-01-02"}}
	want.Week = plan.Week{Closed: []plan.Date{{Year: 2027, Month: time.January, Day: 2}}}
	want.Week.Days[time.Saturday] = []plan.Span{{From: 540, To: 1020}}
	want.Network = plan.Network{Kind: "static", Address: "192.0.2.5/24"}
	want.Time = plan.Time{Servers: []string{"ntp.example:123"}}
	want.Approval = plan.Approval{Signer: strings.Repeat("1", 64)}
	if !reflect.DeepEqual(b, want) {
		t.Errorf("%+v\nwant %+v", b, want)
	}
	if board, err := boards.Lookup("rpi-4b"); err != nil || !reflect.DeepEqual(board, before) {
		t.Error("the board itself changed")
	}
}

func TestMachineWrong(t *testing.T) {
	for _, tc := range []struct{ from, to, want string }{
		{`"GPIO6"`, `"GPIO5"`, ":4: invalid: parts.lamp"},
		{`lamp = `, `lmap = `, ":4: invalid: parts.lmap: unknown key; did you mean parts.lamp?"},
		{`open = ["sat 09:00-17:00"]`, ``, ":5: invalid: hours.open"},
		{`2027-01-02`, `2027-13-02`, ":7: invalid: hours.closed"},
		{`"static"`, `"dhcp"`, ":10: invalid: network.address"},
		{`ntp.example:123`, `ntp.example`, ":12: invalid: time.servers"},
		{`"1111`, `"11`, ":14: invalid: approval.signer"},
		{`[approval]`, `[memory]`, "memory: unknown key"}, // the budget of a board is no device's to change
		{`device = `, "compress = 60\ndevice = ", ":1: invalid: compress: 60, want 1, or up to 10000 on a board that is not real"},
	} {
		b, err := boards.Lookup("rpi-4b")
		if err != nil {
			t.Fatal(err)
		}
		before := b
		err = Apply("f.toml", strings.Replace(machines, tc.from, tc.to, 1), &b)
		if !errors.Is(err, plan.ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: got %v, want %s", tc.to, err, tc.want)
		}
		if !reflect.DeepEqual(b, before) {
			t.Errorf("%q: the board changed", tc.to)
		}
	}
}

// TestCompress lets time pass faster on a board that counts nobody real, and on no other.
func TestCompress(t *testing.T) {
	for _, tc := range []struct {
		board, text string
		want        int // 0 for an error
	}{
		{"virt", "compress = 3600\n", 3600},
		{"virt", "compress = 10000\n", 10000},
		{"virt", "compress = 10001\n", 0},
		{"virt", "compress = 0\n", 0},
		{"virt", "compress = -1\n", 0},
		{"virt", "compress = \"60\"\n", 0},
		{"rpi-5", "compress = 2\n", 0},
		{"rpi-5", "compress = 1\n", 1},
		{"virt", "device = \"a\"\n", 60}, // as the board has it
	} {
		b, err := boards.Lookup(tc.board)
		if err != nil {
			t.Fatal(err)
		}
		before := b.Compress
		err = Apply("f.toml", tc.text, &b)
		if tc.want == 0 && (!errors.Is(err, plan.ErrInvalid) || b.Compress != before) || tc.want > 0 && (err != nil || b.Compress != tc.want) {
			t.Errorf("%s, %q: compress %d, %v; want %d", tc.board, tc.text, b.Compress, err, tc.want)
		}
	}
}

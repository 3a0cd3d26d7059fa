package desk

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"tellijn/boards/plan"
)

func example(t *testing.T) string {
	b, err := os.ReadFile("../bench.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestExample(t *testing.T) {
	d, err := Read("../bench.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	if d.Power.Wait != 3*time.Second || d.Console.Baud != 115200 || d.Card.Serial != "sd-wire_01" || len(d.Adapters) != 2 {
		t.Errorf("%+v", d)
	}
	for adapter, want := range map[string][2][]string{"a": {{"GP0", "GP1", "GP2", "GP3"}, nil}, "b": {nil, {"GP0", "GP1", "GP2"}}, "c": {}} {
		in, out := d.Of(adapter)
		if !reflect.DeepEqual(in, want[0]) || !reflect.DeepEqual(out, want[1]) {
			t.Errorf("%s: %q %q, want %q", adapter, in, out, want)
		}
	}
	if _, err := Read("none.toml"); err == nil || !strings.Contains(err.Error(), "copy tools/rig/real/bench.example.toml") {
		t.Error(err)
	}
}

// TestOthers has the other ways that the example names.
func TestOthers(t *testing.T) {
	text := example(t)
	for _, c := range [][2]string{
		{`kind   = "hub"`, "kind = \"command\"\non = [\"a\"]\noff = [\"b\", \"c\"]"},
		{`kind   = "sdwire"`, "kind = \"command\"\nhost = [\"a\"]\ndevice = [\"b\"]"},
		{`kind    = "gadget"`, `kind = "screen"`},
		{`kind    = "gadget"`, `kind = "none"`},
		{"settle = \"3s\"", ""},
		{"baud = 115200", ""},
		{`address = "192.168.7.2:4747"`, `address = "h:1"`},
	} {
		if _, err := Parse("x", strings.Replace(text, c[0], c[1], 1)); err != nil {
			t.Errorf("%q: %v", c[1], err)
		}
	}
	line := strings.Replace(strings.Replace(text, `kind   = "hub"`, `kind = "line"`, 1), "# cable      =", "supply =", 1)
	if d, err := Parse("x", line); err != nil || d.Lines.Supply != "b/GP3" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestWrong(t *testing.T) {
	text := example(t)
	for _, c := range [][3]string{
		{`board = "rpi-zero-2w"`, `board = "rpi-9"`, `no board "rpi-9"`},
		{`board = "rpi-zero-2w"`, `board = "virt"`, "no board to touch"},
		{`path = "/dev/serial`, `port = "/dev/serial`, "unknown key"},
		{`settle = "3s"`, `settle = "3"`, "power.settle"},
		{`settle = "3s"`, `settle = "2m"`, "at most a minute"},
		{`kind   = "hub"`, `kind = "magic"`, "hub, line or command"},
		{`kind   = "hub"`, `kind = "line"`, "lines.supply"},
		{`kind   = "hub"`, `kind = "command"`, "on and off"},
		{`hub    = "1-1.4"`, `hub = ""`, "where the hub hangs"},
		{`port   = 3`, `port = 0`, "from 1"},
		{`name = "b"`, `name = "a"`, "another for each"},
		{`name = "b"`, `name = "b/c"`, "without a slash"},
		{`button       = "b/GP0"`, `button = "c/GP0"`, "there are: a, b"},
		{`button       = "b/GP0"`, `button = "GP0"`, "an adapter, a slash"},
		{`weld         = "b/GP1"`, `weld = "b/GP0"`, "already"},
		{`kind   = "sdwire"`, `kind = "tray"`, "sdwire or command"},
		{`kind   = "sdwire"`, `kind = "command"`, "host and device"},
		{`drive  = `, `disk = `, "disk"},
		{`kind    = "gadget"`, `kind = "eye"`, "none, gadget or screen"},
		{`address = "192`, `# "`, "camera.address"},
		{`card = "enx`, `card = "" # "`, "network card"},
	} {
		if !strings.Contains(text, c[0]) {
			t.Fatalf("the example has no %q", c[0])
		}
		_, err := Parse("desk.toml", strings.Replace(text, c[0], c[1], 1))
		if !errors.Is(err, plan.ErrInvalid) || !strings.Contains(err.Error(), c[2]) || !strings.HasPrefix(err.Error(), "desk.toml:") {
			t.Errorf("%q: %v, want %q", c[1], err, c[2])
		}
	}
}

// FuzzParse reads anything; what it takes has no line of an adapter that is not there.
func FuzzParse(f *testing.F) {
	b, err := os.ReadFile("../bench.example.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
	f.Add("board = \"rpi-5\"\n[lines]\nlamp = \"/\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse("x", text)
		if err != nil {
			return
		}
		n := 0
		for _, a := range d.Adapters {
			in, out := d.Of(a.Name)
			n += len(in) + len(out)
		}
		for _, line := range d.all() {
			if line != "" {
				n--
			}
		}
		if n != 0 {
			t.Errorf("%d lines of no adapter, or of two", n)
		}
	})
}

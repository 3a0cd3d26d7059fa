package first

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tellijn/boards"
	"tellijn/boards/plan"
)

func TestChosen(t *testing.T) {
	for _, c := range []struct {
		pid  int
		args []string
		want bool
	}{{1, []string{"/init"}, true}, {1, []string{"/init", "quiet"}, true}, {2, []string{"/init"}, false}, {1, []string{"warden", "-board", "sim"}, false}, {1, nil, false}} {
		if Chosen(c.pid, c.args) != c.want {
			t.Errorf("%d %q: want %v", c.pid, c.args, c.want)
		}
	}
}

// TestCheck: what is wrong with a configuration is said with a hint.
func TestCheck(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.toml")
	for name, c := range map[string]struct{ board, text, want string }{
		"good":           {"virt", "device = \"north\"\n", ""},
		"unknown key":    {"virt", "devise = \"north\"\n", "device"},
		"unknown board":  {"rpi-zero-3", "", "there are: "},
		"no board":       {"", "", "no board"},
		"not TOML":       {"virt", "\x00\xff", "config.toml:1"},
		"a strange name": {"virt", "device = \"North\"\n", "config.toml:1"},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := check(c.board, path)
		if c.want == "" && (err != nil || b.Device != "north") || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := check("virt", ""); err == nil || !strings.Contains(err.Error(), "no config.toml in the folder device") {
		t.Errorf("none: %v", err)
	}
}

func TestArguments(t *testing.T) {
	folder := t.TempDir()
	want := []string{"-board", "virt", "-config", "/card/device/config.toml", "-dir", "/data/tellijn", "-eye", "/bin/eye", "-courier", "/bin/courier", "-dialer", "/bin/dialer"}
	if got := wardenArgs("virt", folder); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for _, name := range []string{"approval.cose", "wifi.toml"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := wardenArgs("virt", folder); !slices.Equal(got, append(want, "-approval", filepath.Join(folder, "approval.cose"))) {
		t.Errorf("%q", got)
	}
	b := boards.Board{Network: plan.Network{Kind: "static", Interface: "eth0", Address: "192.0.2.5/24", Gateway: "192.0.2.1", Names: []string{"192.0.2.1", "192.0.2.2"}},
		Time: plan.Time{Servers: []string{"a.example:123", "b.example:123"}}, Parts: plan.Parts{Clock: "/dev/rtc0"}}
	got := strings.Join(scoutArgs(&b, folder, 1_800_000_000), " ")
	if want := "-network static -floor 1800000000 -interface eth0 -address 192.0.2.5/24 -gateway 192.0.2.1 -names 192.0.2.1,192.0.2.2 -rtc /dev/rtc0 -wifi " + filepath.Join(folder, "wifi.toml") +
		" -time a.example:123 -time b.example:123"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := strings.Join(scoutArgs(&boards.Board{Kind: boards.Real}, t.TempDir(), 5), " "); got != "-network dhcp -floor 5" {
		t.Errorf("%q", got)
	}
	if got := strings.Join(scoutArgs(&boards.Board{Kind: boards.Virtual}, t.TempDir(), 5), " "); got != "-network dhcp -floor 5 -wait 0s" {
		t.Errorf("%q", got)
	}
}

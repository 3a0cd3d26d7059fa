package approve

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/privacy/approval"
	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/command"
)

// desk is a folder with a key and the configuration of a device.
type desk struct {
	t   *testing.T
	dir string
}

func (d *desk) path(name string) string { return filepath.Join(d.dir, name) }

func (d *desk) put(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(d.path(name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// call calls fieldkit approve; @NAME is a file of the desk.
func (d *desk) call(args ...string) (out string, err error) {
	d.t.Helper()
	for i, a := range args {
		if name, ok := strings.CutPrefix(a, "@"); ok {
			args[i] = d.path(name)
		}
	}
	var o, e bytes.Buffer
	err = run(context.Background(), args, &o, &e)
	return o.String(), err
}

const door = `device = "north-door"
interval = "15m"

[scene]
person_area = 0.02

[[scene.line]]
from = [0.1, 0.5]
to   = [0.9, 0.5]

[release]
zone = "Europe/Amsterdam"

[hours]
open   = ["mon-fri 07:30-22:00", "sat 09:00-12:00", "sat 13:00-24:00"]
closed = ["2026-12-25", "2027-01-01"]
`

// newDesk has the key of the seed of ones.
func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t, t.TempDir()}
	d.put("approver.key", "# a key\nseed = "+strings.Repeat("01", 32)+"\n")
	d.put("door.toml", door+"\n[approval]\nsigner = \""+ones().String()+"\"\n")
	return d
}

func ones() sign.Public {
	var seed [32]byte
	for i := range seed {
		seed[i] = 1
	}
	return sign.NewKey(seed).Public()
}

// good are the arguments of a call that signs.
func good(change ...string) []string {
	args := []string{"sign", "-key", "@approver.key", "-board", "rpi-zero-2w", "-config", "@door.toml", "-decision", "CvB 2026/114", "-purpose", "How full the hall is",
		"-from", "2026-12-01", "-until", "2027-11-30", "-assessment", "DPIA-2026-7", "-o", "@approval.cose"}
	for i := 0; i+1 < len(change); i += 2 {
		found := false
		for k, a := range args {
			if a == change[i] {
				args[k+1], found = change[i+1], true
			}
		}
		if !found {
			args = append(args, change[i], change[i+1])
		}
	}
	return args
}

// TestSign signs, shows, and holds the words in both languages against a file.
func TestSign(t *testing.T) {
	d := newDesk(t)
	said, err := d.call(good("-also", "south-door, west-door")...)
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/shown.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(said), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != said {
		t.Errorf("%v; got\n%s\nwant\n%s", err, said, want)
	}
	shown, err := d.call("show", "-board", "rpi-zero-2w", "-config", "@door.toml", "-on", "2026-12-25", "@approval.cose")
	if err != nil || !strings.HasPrefix(shown, said) || !strings.HasSuffix(shown, "north-door may count under it on 25 December 2026.\nnorth-door mag ermee tellen op 25 december 2026.\n") {
		t.Errorf("%v\n%s", err, shown)
	}
	// The same decision is the same file, and the first and the last day are whole.
	first, _ := os.ReadFile(d.path("approval.cose"))
	if _, err := d.call(good("-also", "south-door,west-door", "-o", "@again.cose")...); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(d.path("again.cose")); !bytes.Equal(first, again) {
		t.Error("signed twice, it differs")
	}
	payload, err := sign.Open(sign.Approval, ones(), first)
	if err != nil {
		t.Fatal(err)
	}
	a, err := approval.Decode(payload)
	if err != nil || a.From != 1_796_079_600 || a.Until != 1_827_615_600 { // midnight of Amsterdam, as date(1) gives it
		t.Errorf("%v; from %d until %d", err, a.From, a.Until)
	}
	for _, left := range []string{".approval-"} {
		if all, _ := filepath.Glob(d.path(left + "*")); len(all) > 0 {
			t.Errorf("left behind: %v", all)
		}
	}
}

// TestRefuses has calls that cannot be right. Each says why, and writes nothing.
func TestRefuses(t *testing.T) {
	d := newDesk(t)
	d.put("other.key", "seed = "+strings.Repeat("02", 32)+"\n")
	d.put("none.key", "seed = 12\n")
	d.put("odd.toml", door+"\n[hour]\n")
	for what, tc := range map[string]struct {
		args []string
		want string
	}{
		"no verb":             {nil, "want key, sign or show"},
		"another verb":        {[]string{"approve"}, "want key, sign or show"},
		"no purpose":          {good("-purpose", ""), "sign wants -purpose"},
		"another key":         {good("-key", "@other.key"), "want the key of whoever decides there"},
		"no key":              {good("-key", "@none.key"), "is no private key"},
		"no such key":         {good("-key", "@nowhere.key"), "no such file"},
		"no such board":       {good("-board", "rpi-9"), "no board \"rpi-9\""},
		"unknown keys":        {good("-config", "@odd.toml"), "hour"},
		"longer than a year":  {good("-until", "2027-12-02"), "want a new decision each year"},
		"backwards":           {good("-until", "2026-11-29"), "in order"},
		"no day":              {good("-from", "1 December"), "want a day such as"},
		"no number":           {good("-decision", "\u2116 7"), "want its number"},
		"a long purpose":      {good("-purpose", strings.Repeat("x", 201)), "1 to 200 characters"},
		"the device twice":    {good("-also", "north-door"), "want each once"},
		"nowhere to write":    {good("-o", "@no/such/folder.cose"), "no such file"},
		"show nothing":        {[]string{"show", "-board", "sim"}, "one file behind its flags"},
		"show without board":  {[]string{"show", "@approver.key"}, "-board is missing"},
		"show what is none":   {[]string{"show", "-board", "rpi-zero-2w", "-config", "@door.toml", "@approver.key"}, "cannot be read"},
		"key without a place": {[]string{"key"}, "key wants -o"},
		"key over another":    {[]string{"key", "-o", "@approver.key"}, "never overwritten"},
	} {
		out, err := d.call(tc.args...)
		if err == nil || !strings.Contains(err.Error(), tc.want) || out != "" {
			t.Errorf("%s: %v, %q; want %q", what, err, out, tc.want)
		}
		if all, _ := filepath.Glob(d.path("*.cose")); len(all) > 0 {
			t.Errorf("%s: wrote %v", what, all)
			os.Remove(all[0])
		}
	}
	if _, err := d.call("sign", "-x"); !errors.Is(err, command.ErrUsage) {
		t.Error(err)
	}
}

// TestWorth shows an approval to devices that must not count under it.
func TestWorth(t *testing.T) {
	d := newDesk(t)
	if _, err := d.call(good()...); err != nil {
		t.Fatal(err)
	}
	d.put("other.toml", strings.Replace(door, "north", "east", 1)+"\n[approval]\nsigner = \""+ones().String()+"\"\n")
	d.put("moved.toml", strings.Replace(door, "[0.9, 0.5]", "[0.9, 0.51]", 1)+"\n[approval]\nsigner = \""+ones().String()+"\"\n")
	d.put("longer.toml", strings.Replace(door, "22:00", "22:01", 1)+"\n[approval]\nsigner = \""+ones().String()+"\"\n")
	d.put("nobody.toml", door)
	for _, tc := range []struct{ conf, day, want string }{
		{"@door.toml", "2026-11-30", "begins later"}, {"@door.toml", "2027-12-01", "has ended"}, {"@other.toml", "2026-12-01", "other devices"},
		{"@moved.toml", "2026-12-01", "other lines"}, {"@longer.toml", "2026-12-01", "fewer hours"}, {"@nobody.toml", "2026-12-01", "whose approvals count"},
	} {
		_, err := d.call("show", "-board", "rpi-zero-2w", "-config", tc.conf, "-on", tc.day, "@approval.cose")
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s on %s: %v, want %q", tc.conf, tc.day, err, tc.want)
		}
	}
	// One for tests is shown to a board that pretends, in words that nobody can miss, and to no other.
	if _, err := d.call(good("-o", "@test.cose", "-test", "true")[:0]...); err == nil {
		t.Error("nothing was asked for")
	}
	if _, err := d.call(append(good("-o", "@test.cose"), "-test")...); err != nil {
		t.Fatal(err)
	}
	said, err := d.call("show", "-board", "sim", "-config", "@door.toml", "-on", "2026-12-01", "@test.cose")
	if err != nil || !strings.Contains(said, "FOR TESTS") || !strings.Contains(said, "VOOR PROEVEN") {
		t.Errorf("%v\n%s", err, said)
	}
	if _, err = d.call("show", "-board", "rpi-zero-2w", "-config", "@door.toml", "-on", "2026-12-01", "@test.cose"); err == nil || !strings.Contains(err.Error(), "for tests") {
		t.Error(err)
	}
	// That of the source.
	said, err = d.call("show", "-board", "sim", "../../../boards/sim/approval.cose")
	if err != nil || !strings.Contains(said, approval.TestKey().String()) || !strings.Contains(said, "Monday to Sunday all day") {
		t.Errorf("%v\n%s", err, said)
	}
}

// TestKey makes a key that works, that others cannot read, and whose public half is what is printed.
func TestKey(t *testing.T) {
	d := newDesk(t)
	out, err := d.call("key", "-o", "@new.key")
	if err != nil {
		t.Fatal(err)
	}
	key, err := readKey(d.path("new.key"))
	if info, _ := os.Stat(d.path("new.key")); err != nil || info.Mode().Perm() != 0o600 || out != "[approval]\nsigner = \""+key.Public().String()+"\"\n" {
		t.Errorf("%v, %v, %q", err, info.Mode(), out)
	}
	d.put("door.toml", door+"\n"+out)
	if _, err := d.call(good("-key", "@new.key")...); err != nil {
		t.Error(err)
	}
	if _, err := d.call("key", "-o", "@second.key"); err != nil {
		t.Fatal(err)
	}
	if second, _ := readKey(d.path("second.key")); second.Public() == key.Public() {
		t.Error("the same key twice")
	}
}

package resolv

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, Name)
	var last os.FileInfo
	for _, c := range []struct {
		servers []netip.Addr
		want    string
	}{
		{[]netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}, "nameserver 192.0.2.1\nnameserver 192.0.2.2\n"},
		{nil, ""},
		{[]netip.Addr{netip.MustParseAddr("192.0.2.3")}, "nameserver 192.0.2.3\n"},
	} {
		if err := Write(dir, c.servers); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		info, _ := os.Stat(path)
		if err != nil || string(b) != c.want || info.Mode() != 0o644 {
			t.Errorf("%q, %v, %v, want %q", b, info, err, c.want)
		}
		if last != nil && os.SameFile(last, info) {
			t.Error("who knows the old list would not see that there is another")
		}
		last = info
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	// A list that cannot be finished leaves the one that is there.
	if err := os.Mkdir(path+".new", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, nil); err == nil {
		t.Error("it was written into a folder")
	}
	if b, _ := os.ReadFile(path); string(b) != "nameserver 192.0.2.3\n" {
		t.Errorf("%q", b)
	}
}

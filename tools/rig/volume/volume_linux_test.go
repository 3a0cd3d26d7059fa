package volume_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"tellijn/boards/card"
	"tellijn/tools/rig/volume"
)

// blank makes a card that has an empty data file system and nothing else.
func blank(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root mounts a card")
	}
	for _, name := range []string{"mke2fs", "mount", "umount", "fallocate"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip(err)
		}
	}
	path, p := filepath.Join(t.TempDir(), "card.img"), card.Data()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, p.Start+p.Size); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("mke2fs", "-q", "-F", "-t", "ext4", "-m", "0", "-E", fmt.Sprintf("offset=%d", p.Start), path, fmt.Sprint(card.DataSize/1024)+"k").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// free is how many bytes are free on the data file system of a copy of the card.
func free(t *testing.T, path string) int64 {
	t.Helper()
	d, err := volume.Open(path, t.TempDir())
	if err != nil {
		t.Skip(err) // no loop devices, say
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(d.Root, &st); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.Root, "mine"), make([]byte, 100), 0o600); err != nil {
		t.Error(err) // it is a copy, in which somebody may write
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return int64(st.Bavail) * int64(st.Bsize)
}

func sum(t *testing.T, path string) [32]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(b)
}

// TestFill fills a card up, fills it otherwise, and gives the room back. Looking changes nothing.
func TestFill(t *testing.T) {
	path := blank(t)
	before := sum(t, path)
	empty := free(t, path)
	if sum(t, path) != before {
		t.Error("looking at the card changed it")
	}
	const near = 64 << 10 // of blocks that hold where the filler is
	for _, want := range []int64{1 << 20, 200 << 10, 5 << 20, -1} {
		if err := volume.Fill(path, t.TempDir(), want); err != nil {
			t.Fatal(err)
		}
		got := free(t, path)
		if want < 0 {
			want = empty
		}
		if got > want || got < want-near {
			t.Errorf("%d bytes are free, want %d", got, want)
		}
	}
	if err := volume.Fill(path, t.TempDir(), 1<<40); err == nil {
		t.Error("more than there is can be left free")
	}
	if _, err := volume.Booked(path, t.TempDir(), 1); err == nil {
		t.Error("a card without a device has counts")
	}
	if err := volume.Sound(path, t.TempDir()); err == nil {
		t.Error("a card that no board starts is sound")
	}
}

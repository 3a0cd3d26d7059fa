package volume

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"tellijn/boards/card"
	"tellijn/firmware/queue"
	"tellijn/tools/faults/judge"
	"tellijn/tools/faults/site"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/rig/bench"
)

// Booked are all crossings by line that the device on a card answers for: released, carried and open.
func Booked(path, scratch string, lines int) (all []bench.Counts, err error) {
	d, err := Open(path, scratch)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if !there(d.Own, "warden", "ledger.db") { // opening it would make one
		return nil, errors.New("volume: no ledger on the card; the device never started from it")
	}
	b, err := judge.Read(&site.Device{Name: "the card", Dir: d.Own})
	if err != nil {
		return nil, err
	}
	for _, c := range b.Lines[:lines] {
		all = append(all, bench.Counts{Forward: uint32(c.Forward), Backward: uint32(c.Backward)})
	}
	return all, nil
}

// Sound checks the file systems of a card and the files of the device on it. Nothing may have been set aside.
func Sound(path, scratch string) (err error) {
	if err := starts(path); err != nil {
		return err
	}
	d, err := Open(path, scratch)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.files(); err != nil {
		return err
	}
	// The journal has been replayed by mounting it; now the file system has to be whole as it is.
	if err := run("umount", d.Root); err != nil {
		return err
	}
	if err := run("e2fsck", "-f", "-n", d.copied); err != nil {
		return errors.Join(err, mountAgain(d))
	}
	return mountAgain(d)
}

func mountAgain(d *Data) error { return run("mount", "-t", "ext4", "-o", "loop,ro", d.copied, d.Root) }

// files opens ledger and queue, as far as they exist.
func (d *Data) files() error {
	aside, err := filepath.Glob(filepath.Join(d.Own, "*", "*.damaged-*"))
	if err != nil || len(aside) > 0 {
		return fmt.Errorf("volume: %d files were set aside as damaged: %q, %v", len(aside), aside, err)
	}
	if there(d.Own, "warden", "ledger.db") {
		if _, err := judge.Read(&site.Device{Name: "the card", Dir: d.Own}); err != nil {
			return err
		}
	}
	if !there(d.Own, "courier", "queue.db") {
		return nil
	}
	q, err := queue.Open(filepath.Join(d.Own, "courier", "queue.db"), queue.Options{})
	if err != nil {
		return fmt.Errorf("volume: %w", err)
	}
	return errors.Join(q.Check(), q.Close())
}

func there(parts ...string) bool {
	_, err := os.Stat(filepath.Join(parts...))
	return err == nil
}

// starts reads every file of the partitions from which the board starts.
func starts(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("volume: %w", err)
	}
	defer f.Close()
	for _, p := range []card.Partition{card.Start(), card.SlotA(), card.SlotB()} {
		v, err := fat.Open(f, p.Start)
		if err != nil {
			return fmt.Errorf("volume: partition %s: %w", p.Label, err)
		}
		err = fs.WalkDir(v, ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			_, err = fs.ReadFile(v, name)
			return err
		})
		if err != nil {
			return fmt.Errorf("volume: partition %s: %w", p.Label, err)
		}
	}
	return nil
}

// filler is the file that takes the room away.
const filler = "full"

// Fill leaves so many bytes free on the data file system of the card itself, in place of what an earlier call left;
// less than none gives all the room back.
func Fill(path, scratch string, free int64) (err error) {
	where, err := os.MkdirTemp(scratch, "fill")
	if err != nil {
		return fmt.Errorf("volume: %w", err)
	}
	defer os.RemoveAll(where)
	root := filepath.Join(where, "mounted")
	if err := mount(path, root, fmt.Sprintf("loop,offset=%d,sizelimit=%d", card.Data().Start, card.Data().Size)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, run("umount", root)) }()
	name := filepath.Join(root, filler)
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("volume: %w", err)
	}
	if free < 0 {
		return nil
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(root, &st); err != nil {
		return fmt.Errorf("volume: %w", err)
	}
	room := int64(st.Bavail) * int64(st.Bsize)
	if room <= free {
		return fmt.Errorf("volume: %d bytes are free, want more than %d", room, free)
	}
	return run("fallocate", "-l", fmt.Sprint(room-free), name)
}

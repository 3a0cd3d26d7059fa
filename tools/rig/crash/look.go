package crash

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"tellijn/firmware/queue"
	"tellijn/firmware/warden/ledger"
	"tellijn/hal"
	"tellijn/privacy/record"
	"tellijn/privacy/sign"
	"tellijn/tools/faults/judge"
	"tellijn/tools/faults/site"
)

// Need tells what is missing here to look at states; the error wraps hal.ErrAbsent.
func Need() error {
	for _, program := range []string{"e2fsck", "debugfs"} {
		if _, err := find(program); err != nil {
			return fmt.Errorf("crash: no %s: %w; install e2fsprogs", program, hal.ErrAbsent)
		}
	}
	return nil
}

// find finds a program of an administrator, whose folders are not everybody's.
func find(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return exec.LookPath(filepath.Join("/usr/sbin", name))
}

// patience bounds one program.
const patience = 60 * time.Second

// run runs a program and gives its exit code.
func run(name string, args ...string) (code int, said string, err error) {
	path, err := find(name)
	if err != nil {
		return 0, "", fmt.Errorf("crash: %w", err)
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	c := exec.CommandContext(ctx, path, args...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err = c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return exit.ExitCode(), out.String(), nil
	}
	return 0, out.String(), err
}

// Device is what a card says.
type Device struct {
	Ledger, Queue bool // there is one
	Aside         bool // the device sets the file system aside and takes over its files
	Book          judge.Book
	Tail          record.Hash // of the newest record that was made, zero before the first
	Key           sign.Key
	Known         [][]byte     // the collector's records, as they were signed
	Waiting       int          // records on their way, in outbox or queue, that the collector does not have
	items         []queue.Item // in the queue, and what was refused
	Stats         queue.Stats
}

// Exit codes of e2fsck are bits: 1 says that errors were corrected, which replaying the journal counts as. (e2fsck(8))
const (
	corrected = 1
	noSuper   = 8
)

// look repairs a file system as a kernel does that mounts it, sees that nothing is wrong with it then, and reads the
// files of the device. Only copies in dir are changed.
func look(image, dir string, super []byte) (*Device, error) {
	// -p replays the journal and frees what was open when the power went, and stops at anything worse.
	d := &Device{}
	code, said, err := run("e2fsck", "-p", image)
	if err == nil && code == noSuper {
		// Half of the super block is there. The device sets the file system aside then and takes over its files, of a copy
		// with the super block of an empty one. (firmware/warden/first/data)
		if d.Aside, err = true, lend(image, super); err != nil {
			return nil, err
		}
		code, said, err = run("e2fsck", "-f", "-y", image)
	}
	if err != nil || code > corrected {
		return nil, fmt.Errorf("the file system does not repair itself: e2fsck gives %d, %v: %s", code, err, brief(said))
	}
	if code, said, err := run("e2fsck", "-f", "-n", image); err != nil || code != 0 {
		return nil, fmt.Errorf("the file system has errors behind its journal: e2fsck -f -n gives %d, %v: %s", code, err, brief(said))
	}
	if code, said, err := run("debugfs", "-R", "rdump /tellijn "+dir, image); err != nil || code != 0 {
		return nil, fmt.Errorf("debugfs gives %d, %w: %s", code, err, said)
	}
	own := filepath.Join(dir, "tellijn")
	for _, pattern := range []string{"warden/*.damaged-*", "courier/*.damaged-*"} {
		if aside, _ := filepath.Glob(filepath.Join(own, pattern)); len(aside) > 0 {
			return nil, fmt.Errorf("set aside: %q", aside)
		}
	}
	for _, name := range []string{"warden/ledger.db", "courier/queue.db"} {
		if path := filepath.Join(own, name); there(path) {
			if err := pages(path); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	if path := filepath.Join(own, "warden", "ledger.db"); there(path) {
		if err := d.ledger(own, path); err != nil {
			return nil, err
		}
	}
	if path := filepath.Join(own, "courier", "queue.db"); there(path) {
		if err := d.queue(path); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// brief is the first line of what a program said that says something.
func brief(said string) string {
	said = strings.TrimSpace(said)
	line, _, _ := strings.Cut(said, "\n")
	return line[:min(len(line), 200)]
}

// Layout of the super block, as far as it is changed. (Linux, Documentation/filesystems/ext4/super.rst)
const (
	superAt    = 1024
	superSize  = 1024
	incompatAt = 0x60
	hasJournal = 0x4 // that is to be replayed
	checksumAt = 0x3FC
)

// lend writes the first block of the file system as it was at the start, with the word that its journal is to be
// replayed.
func lend(image string, block []byte) error {
	b := bytes.Clone(block)
	super := b[superAt : superAt+superSize]
	binary.LittleEndian.PutUint32(super[incompatAt:], binary.LittleEndian.Uint32(super[incompatAt:])|hasJournal)
	binary.LittleEndian.PutUint32(super[checksumAt:], ^crc32.Checksum(super[:checksumAt], crc32.MakeTable(crc32.Castagnoli)))
	f, err := os.OpenFile(image, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("crash: %w", err)
	}
	_, err = f.WriteAt(b, 0)
	return errors.Join(err, f.Close())
}

func there(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Size() > 0
}

func (d *Device) ledger(own, path string) (err error) {
	if d.Book, err = judge.Read(&site.Device{Name: "the card", Dir: own}); err != nil {
		return err
	}
	l, err := ledger.Open(path, ledger.Options{})
	if err != nil {
		return err
	}
	defer l.Close()
	if d.Ledger = l.Has(); !d.Ledger { // without keys nothing was ever made
		if len(d.Book.Outbox)+len(d.Book.Entries) > 0 {
			return errors.New("the ledger has items and no keys")
		}
		return nil
	}
	keys, made, err := l.Keys(strings.NewReader(""))
	if err != nil || made {
		return fmt.Errorf("the keys of the ledger: made %v, %w", made, err)
	}
	d.Key = sign.NewKey(keys.Sign)
	return l.View(func(tx *ledger.Tx) error {
		b, ok := tx.Get("release")
		if ok && len(b) > tailAt+len(d.Tail) {
			copy(d.Tail[:], b[tailAt:])
		}
		return nil
	})
}

// tailAt is where the hash of the newest record stands in the state that the ledger keeps: behind version, week and
// marks. (firmware/warden/desk, State.Bytes)
const tailAt = 1 + 8 + 4

func (d *Device) queue(path string) error {
	q, err := queue.Open(path, queue.Options{})
	if err != nil {
		return err
	}
	defer q.Close()
	if q.Aside != "" {
		return fmt.Errorf("the queue was set aside: %w", q.Why)
	}
	if err := q.Check(); err != nil {
		return err
	}
	d.Queue = true
	if d.Stats, err = q.Stats(); err != nil {
		return err
	}
	if d.items, err = q.Peek(1 << 20); err != nil {
		return err
	}
	refused, _, err := q.Refused()
	d.items = append(d.items, refused...)
	return err
}

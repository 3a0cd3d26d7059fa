package export

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tellijn/boards/card"
	"tellijn/firmware/queue"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/room/seal"
	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/fieldkit/inject"
)

// Read reads what a card holds of its device. It changes nothing on the card and does not fail: what cannot
// be read is said in Doubts.
func Read(c io.ReaderAt) *Found {
	f := &Found{secrets: map[string][][]byte{}}
	if b, err := inject.BoardOf(c); err == nil {
		f.Board = b.Name
	} else {
		f.doubt("which board it was: %v", err)
	}
	f.start(c)
	// What is older first: so records come in order, and of two keys the newer stays.
	if there, err := magic(c, card.Data().Start+card.Aside); err != nil || there {
		f.data(c, card.Data().Start+card.Aside, "the damaged file system that was set aside")
	}
	f.data(c, card.Data().Start, "the data file system")
	f.Records, f.others = f.sort()
	return f
}

// start reads the folder of the device on the first partition.
func (f *Found) start(c io.ReaderAt) {
	p, err := fat.Open(c, card.Start().Start)
	if err != nil {
		f.doubt("the first partition: %v", err)
		return
	}
	read := func(name string) []byte {
		b, err := p.ReadFile(card.Device + "/" + name)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			f.doubt("%s: %v", name, err)
		}
		return b
	}
	f.Config, f.Approval, f.Certificate = read(card.Config), read(card.Approval), read(card.Cert)
	f.secret(Keys, read(card.CertKey))
	f.secret(Configuration, f.Config, read(card.WiFi))
	if b := read(card.Keys); b != nil {
		if k, err := ledger.ParseKeys(b); err == nil { // the device wipes the file once it has taken them
			f.keys(&k)
		}
	}
	if f.Config == nil {
		f.doubt("there is no %s on it", card.Config)
	}
}

func (f *Found) keys(k *ledger.Keys) {
	f.secret(Keys, bytes.Clone(k.Sign[:]), bytes.Clone(k.Seal[:]), bytes.Clone(k.Secret[:]))
	f.Sign = sign.NewKey(k.Sign).Public()
	if s, err := seal.NewKey(k.Seal); err == nil {
		f.Seal = s.Public()
	}
}

// magic tells whether an ext4 file system begins there: 53 EF at byte 56 of its head, which begins at 1024
// (kernel.org, ext4 Data Structures and Algorithms, section 4.1).
func magic(c io.ReaderAt, off int64) (bool, error) {
	b := make([]byte, 2)
	_, err := c.ReadAt(b, off+1024+56)
	return b[0] == 0x53 && b[1] == 0xEF, err
}

// data reads ledger and queue of one file system.
func (f *Found) data(c io.ReaderAt, off int64, what string) {
	bad, err := withMount(c, off, card.DataSize, func(root string) error {
		own := filepath.Join(root, strings.TrimPrefix(card.OwnDir, card.DataDir))
		f.queue(filepath.Join(own, "courier", "queue.db"), what)
		f.ledger(filepath.Join(own, "warden", "ledger.db"), what) // what the courier does not have yet
		for _, name := range []string{card.CertKey, card.Cert} {
			if b, err := os.ReadFile(filepath.Join(own, "courier", name)); err == nil && name == card.CertKey {
				f.secret(Keys, b)
			} else if err == nil && f.Certificate == nil {
				f.Certificate = b
			}
		}
		return nil
	})
	if bad > 0 {
		f.doubt("%s: %d bytes of it cannot be read", what, bad)
	}
	if err != nil {
		f.doubt("%s: %v", what, err)
	}
}

// none makes no keys: a device that has none gets none here.
type none struct{}

func (none) Read([]byte) (int, error) { return 0, errors.New("nobody makes keys here") }

func (f *Found) ledger(path, what string) {
	if _, err := os.Stat(path); err != nil {
		f.doubt("%s: no ledger: %v", what, err)
		return
	}
	l, err := ledger.Open(path, ledger.Options{})
	if err != nil {
		f.doubt("%s: the ledger: %v", what, err)
		return
	}
	defer l.Close()
	if l.Aside != "" {
		f.doubt("%s: the ledger is damaged: %v", what, l.Why)
	}
	if k, _, err := l.Keys(none{}); err == nil {
		f.keys(&k)
	} else if l.Aside == "" {
		f.doubt("%s: no keys in the ledger: %v", what, err)
	}
	if err := l.View(func(tx *ledger.Tx) error {
		for _, e := range tx.Entries(0, 1<<20) {
			f.Entries = append(f.Entries, e.Bytes)
		}
		for _, it := range tx.Items(0, 1<<20) {
			f.items = append(f.items, it.Bytes)
		}
		return nil
	}); err != nil {
		f.doubt("%s: the ledger: %v", what, err)
	}
}

func (f *Found) queue(path, what string) {
	if _, err := os.Stat(path); err != nil {
		f.doubt("%s: no queue: %v", what, err)
		return
	}
	q, err := queue.Open(path, queue.Options{})
	if err != nil {
		f.doubt("%s: the queue: %v", what, err)
		return
	}
	defer q.Close()
	if q.Aside != "" {
		f.doubt("%s: the queue is damaged: %v", what, q.Why)
	}
	items, err := q.Peek(1 << 20)
	refused, _, err2 := q.Refused()
	if err := errors.Join(err, err2); err != nil {
		f.doubt("%s: the queue: %v", what, err)
	}
	for _, it := range append(items, refused...) {
		f.items = append(f.items, it.Bytes)
	}
}

// sort divides what was found into records, entries of the log and others, each once and in order.
func (f *Found) sort() (records, others [][]byte) {
	seen := map[string]bool{}
	entries := f.Entries
	f.Entries = nil
	for _, b := range append(entries, f.items...) {
		if seen[string(b)] {
			continue
		}
		seen[string(b)] = true
		switch kind, _, err := sign.Signer(b); {
		case err == nil && kind == sign.Log:
			f.Entries = append(f.Entries, b)
			f.secret(Log, b)
		case err == nil && kind == sign.Record:
			records = append(records, b)
			f.secret(Records, b)
		default:
			others = append(others, b)
			f.secret(Records, b)
		}
	}
	// Within a boot by their numbers; boots stay as they came.
	boots := map[[16]byte]int{}
	place := func(b []byte) (boot int, sequence uint32) {
		r, _ := record.Open(f.Sign, b)
		if _, ok := boots[r.Boot]; !ok {
			boots[r.Boot] = len(boots)
		}
		return boots[r.Boot], r.Sequence
	}
	for _, b := range records {
		place(b)
	}
	slices.SortStableFunc(records, func(a, b []byte) int {
		x, i := place(a)
		y, j := place(b)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(i, j))
	})
	number := func(b []byte) uint32 { e, _ := devicelog.Open(f.Sign, b); return e.Number }
	slices.SortStableFunc(f.Entries, func(a, b []byte) int { return cmp.Compare(number(a), number(b)) })
	return records, others
}

// seen looks at what was signed, for how long the device ran and with which firmware.
func (f *Found) seen() {
	ran := map[[16]byte]uint32{}
	note := func(device string, boot [16]byte, uptime uint32) {
		ran[boot] = max(ran[boot], uptime)
		f.Device = cmp.Or(f.Device, device)
	}
	for _, b := range f.Records {
		if r, err := record.Open(f.Sign, b); err == nil {
			note(r.Device, r.Boot, r.Uptime)
			if h := [32]byte(r.Firmware); !slices.Contains(f.Firmware, h) {
				f.Firmware = append(f.Firmware, h)
			}
		}
	}
	for _, b := range f.Entries {
		e, err := devicelog.Open(f.Sign, b)
		if err != nil {
			continue
		}
		note(e.Device, e.Boot, e.Uptime)
		if e.Kind == devicelog.Firmware && !slices.Contains(f.Firmware, e.Digest) {
			f.Firmware = append(f.Firmware, e.Digest)
		}
	}
	for _, s := range ran {
		f.Seconds += uint64(s)
	}
}

func (f *Found) doubt(format string, args ...any) {
	f.Doubts = append(f.Doubts, fmt.Sprintf(format, args...))
}

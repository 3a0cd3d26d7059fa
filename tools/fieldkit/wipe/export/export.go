// Package export takes from a card what belongs to whoever answers for the device, before the card is wiped:
// what waits in its queue, its log, its public keys, its configuration. No secret key is ever written to the
// folder; they stay in memory, so that the wiped card can be searched for them. It is for the end of a device,
// outside the data path.
package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"tellijn/boards"
	"tellijn/firmware/config"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/sign"
)

// Groups of what the card is searched for.
const (
	Keys          = "keys"
	Configuration = "configuration"
	Records       = "records"
	Log           = "log"
)

// ErrExport is wrapped when what stands in the folder is not what was read from the card.
var ErrExport = errors.New("export: the export is not what was read")

// Found is what was read from a card.
type Found struct {
	Device      string      // its name, "" when nothing says it
	Board       string      // its board, "" when nothing says it
	Sign        sign.Public // zeros when the key is lost
	Seal        [32]byte
	Config      []byte
	Approval    []byte
	Certificate []byte
	Records     [][]byte // signed, in the order in which they waited
	Entries     [][]byte // signed, by their numbers
	Doubts      []string // what could not be read, and what is wrong with what could, in words
	Seconds     uint64   // that the device ran at least, by what it signed
	Firmware    [][32]byte

	items, others [][]byte
	secrets       map[string][][]byte
}

func (f *Found) secret(group string, all ...[]byte) {
	for _, b := range all {
		if len(b) > 0 {
			f.secrets[group] = append(f.secrets[group], b)
		}
	}
}

// Secrets hands over all that must not be found on the card afterwards, by groups.
func (f *Found) Secrets(take func(group string, secret []byte)) {
	for _, g := range []string{Keys, Configuration, Records, Log} {
		for _, b := range f.secrets[g] {
			take(g, b)
		}
	}
}

// Forget wipes the secret keys from this program, as far as Found holds them.
func (f *Found) Forget() {
	for _, b := range f.secrets[Keys] {
		clear(b)
	}
}

// Names of files in the folder.
const (
	recordsFile = "records.cose" // signed messages one behind the other (RFC 8742), as tools/verify reads them
	logFile     = "log.cose"
	othersFile  = "others.bin"
	keysFile    = "public-keys.txt"
	doubtsFile  = "not-read.txt"
	sumsFile    = "SHA256SUMS"
)

// Write writes the export into a folder that is empty or not there, reads it back, checks every signature
// in it, and gives the SHA-256 of its list of files. What is wrong with the signatures goes to Doubts and is no error.
func (f *Found) Write(dir string) (sum [32]byte, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return sum, fmt.Errorf("export: %w", err)
	}
	if there, err := os.ReadDir(dir); err != nil || len(there) > 0 {
		return sum, fmt.Errorf("export: %s is not empty; hint: name a new folder (%v)", dir, err)
	}
	f.seen()
	f.name()
	f.judge()
	files := map[string][]byte{recordsFile: slices.Concat(f.Records...), logFile: slices.Concat(f.Entries...), othersFile: slices.Concat(f.others...),
		"config.toml": f.Config, "approval.cose": f.Approval, "device.pem": f.Certificate, doubtsFile: []byte(strings.Join(f.Doubts, "\n"))}
	if f.Sign != (sign.Public{}) {
		files[keysFile] = fmt.Appendf(nil, "device = %q\nsign = %q\nseal = \"%x\"\n", f.Device, f.Sign, f.Seal)
	}
	var sums strings.Builder
	for name, b := range files {
		if len(b) == 0 {
			delete(files, name)
		}
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := put(filepath.Join(dir, name), files[name]); err != nil {
			return sum, err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(files[name]), name)
	}
	if err := put(filepath.Join(dir, sumsFile), []byte(sums.String())); err != nil {
		return sum, err
	}
	if err := f.reread(dir); err != nil {
		return sum, err
	}
	return sha256.Sum256([]byte(sums.String())), nil
}

func put(path string, b []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer file.Close()
	if _, err := file.Write(b); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// name finds out who the device is, when nothing that it signed says so.
func (f *Found) name() {
	if b, err := boards.Lookup(f.Board); f.Device == "" && err == nil && f.Config != nil && config.Apply("config.toml", string(f.Config), &b) == nil {
		f.Device = b.Device
	}
}

// judge checks all signatures.
func (f *Found) judge() {
	if f.Sign == (sign.Public{}) {
		f.doubt("the keys of the device are lost, so nobody can say what it signed")
		return
	}
	var seen []devicelog.State
	for i, b := range f.Records {
		r, err := record.Open(f.Sign, b)
		if err != nil {
			f.doubt("record %d: %v", i+1, err)
			continue
		}
		seen = append(seen, devicelog.State{Number: r.Log.Entries, Head: devicelog.Hash(r.Log.Head)})
	}
	if len(f.Entries) == 0 {
		f.doubt("there is no log")
		return
	}
	first, _ := devicelog.Open(f.Sign, f.Entries[0])
	for _, fault := range devicelog.Verify(f.Entries, f.Sign, f.Device, max(first.Number, 1), seen...) {
		f.doubt("log: %s", fault.Text)
	}
}

// reread reads the folder and holds it against what was read from the card.
func (f *Found) reread(dir string) error {
	sums, err := os.ReadFile(filepath.Join(dir, sumsFile))
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	for line := range strings.Lines(string(sums)) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return fmt.Errorf("%w: %w", ErrExport, err)
		}
		if got := sha256.Sum256(b); hex.EncodeToString(got[:]) != want {
			return fmt.Errorf("%w: %s", ErrExport, name)
		}
	}
	for name, want := range map[string][][]byte{recordsFile: f.Records, logFile: f.Entries} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && len(want) > 0 {
			return fmt.Errorf("%w: %w", ErrExport, err)
		}
		for i := 0; len(b) > 0; i++ {
			var one cbor.RawMessage
			if b, err = cbor.UnmarshalFirst(b, &one); err != nil || i >= len(want) || !bytes.Equal(one, want[i]) {
				return fmt.Errorf("%w: message %d of %s", ErrExport, i+1, name)
			}
			if i == len(want)-1 && len(b) > 0 {
				return fmt.Errorf("%w: %d bytes behind the end of %s", ErrExport, len(b), name)
			}
		}
	}
	return nil
}

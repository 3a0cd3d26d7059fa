// Package register is the collector's directory but for the store itself: keys, certificates, and a
// file for each device that was enrolled. It is files, so that a device can be enrolled or revoked
// while the collector runs, which reads them anew for each batch. Nothing counted is in it.
//
//	ca.pem ca.key            the authority
//	server.pem server.key    what devices reach
//	collector.pem .key       how the collector shows itself to a broker
//	receipt.key              32 bytes as hexadecimal digits: signs receipts
//	crl.pem                  certificates that a broker should refuse
//	devices/NAME.json        one device
package register

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"tellijn/privacy/sign"
	"tellijn/tools/collector/certs"
)

// ErrNone is wrapped when a directory is not one of a collector yet.
var ErrNone = errors.New("register: not set up")

// Names of files.
const (
	authority = "ca"
	server    = "server"
	collector = "collector"
	receipts  = "receipt.key"
	revoked   = "crl.pem"
	devices   = "devices"
	StoreFile = "store.db"   // of tools/collector/store/bolt
	Socket    = "serve.sock" // of tools/collector/desk
)

// Register is a collector's directory.
type Register struct{ dir string }

// Open opens a directory that Make made.
func Open(dir string) (*Register, error) {
	if _, err := os.Stat(filepath.Join(dir, receipts)); err != nil {
		return nil, fmt.Errorf("%w: %q; hint: collector enrol -dir %s makes it", ErrNone, dir, dir)
	}
	return &Register{dir}, nil
}

// Make opens a directory, and makes what it lacks: the authority, its certificates, and the key for
// receipts. What is there stays. It returns holding the directory's lock; the caller calls unlock.
func Make(dir string, hosts []string, now time.Time, seed func() ([32]byte, error)) (r *Register, unlock func(), err error) {
	if err := os.MkdirAll(filepath.Join(dir, devices), 0o700); err != nil {
		return nil, nil, fmt.Errorf("register: %w", err)
	}
	r = &Register{dir}
	if unlock, err = r.lock(); err != nil {
		return nil, nil, err
	}
	if err := r.fill(hosts, now, seed); err != nil {
		unlock()
		return nil, nil, err
	}
	return r, unlock, nil
}

func (r *Register) fill(hosts []string, now time.Time, seed func() ([32]byte, error)) error {
	if !r.has(authority + ".pem") {
		p, err := certs.NewAuthority(now)
		if err == nil {
			err = r.putPair(authority, p)
		}
		if err != nil {
			return err
		}
	}
	a, err := r.Authority()
	if err != nil {
		return err
	}
	if !r.has(collector + ".pem") {
		p, _, err := a.Client(certs.CollectorName, now)
		if err == nil {
			err = r.putPair(collector, p)
		}
		if err != nil {
			return err
		}
	}
	if err := r.Hosts(hosts, now); err != nil {
		return err
	}
	if r.has(receipts) {
		return nil
	}
	s, err := seed()
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	return WriteFile(filepath.Join(r.dir, receipts), []byte(hex.EncodeToString(s[:])+"\n"), 0o600)
}

// Path gives the path of a file in the directory.
func (r *Register) Path(name string) string { return filepath.Join(r.dir, name) }

func (r *Register) has(name string) bool {
	_, err := os.Stat(r.Path(name))
	return err == nil
}

func (r *Register) putPair(name string, p certs.Pair) error {
	// The key first: a certificate without its key is made anew, a key alone is overwritten.
	if err := WriteFile(r.Path(name+".key"), p.Key, 0o600); err != nil {
		return err
	}
	return WriteFile(r.Path(name+".pem"), p.Certificate, 0o644)
}

func (r *Register) pair(name string) (p certs.Pair, err error) {
	if p.Certificate, err = os.ReadFile(r.Path(name + ".pem")); err != nil {
		return p, fmt.Errorf("register: %w", err)
	}
	if p.Key, err = os.ReadFile(r.Path(name + ".key")); err != nil {
		return p, fmt.Errorf("register: %w", err)
	}
	return p, nil
}

// Authority loads the authority.
func (r *Register) Authority() (*certs.Authority, error) {
	p, err := r.pair(authority)
	if err != nil {
		return nil, err
	}
	return certs.Load(p)
}

// Receipts loads the key that signs receipts.
func (r *Register) Receipts() (k sign.Key, err error) {
	text, err := os.ReadFile(r.Path(receipts))
	if err != nil {
		return k, fmt.Errorf("register: %w", err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(b) != 32 {
		return k, fmt.Errorf("register: %s: want 64 hexadecimal digits", r.Path(receipts))
	}
	return sign.NewKey([32]byte(b)), nil
}

// lock keeps other commands from changing the directory at the same time.
func (r *Register) lock() (unlock func(), err error) {
	f, err := os.OpenFile(r.Path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("register: locking %s: %w", r.dir, err)
	}
	return func() { f.Close() }, nil
}

// WriteFile puts a file in place whole and durable, or not at all.
func WriteFile(path string, b []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err = f.Chmod(mode); err == nil {
		_, err = f.Write(b)
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	return nil
}

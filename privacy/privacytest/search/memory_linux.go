package search

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"tellijn/privacy/privacytest/search/maps"
	"tellijn/privacy/privacytest/search/stopped"
)

// Bits of an entry of /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst).
const (
	pageSwapped = 1 << 62
	pagePresent = 1 << 63
	entrySize   = 8
)

// process is an open memory.
type process struct {
	*finder
	pid   int
	mem   int      // descriptor of /proc/PID/mem
	pages *os.File // /proc/PID/pagemap, or nil where it cannot be read; then every page is read
	page  uint64   // size of one, in bytes
}

// memory searches every mapping.
func (f *finder) memory(pid int, _ *stopped.Process) error {
	folder := filepath.Join("/proc", strconv.Itoa(pid))
	text, err := os.ReadFile(filepath.Join(folder, "maps"))
	if err != nil {
		return fmt.Errorf("search: mappings of process %d: %w", pid, err)
	}
	list, err := maps.Parse(string(text))
	if err != nil {
		return fmt.Errorf("search: process %d: %w", pid, err)
	}
	// Not package os: addresses of the kernel's half are above the offsets that it takes.
	mem, err := unix.Open(filepath.Join(folder, "mem"), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("%w: memory of process %d: %w; be root or have CAP_SYS_PTRACE", stopped.ErrDenied, pid, err)
	}
	defer unix.Close(mem)
	p := &process{finder: f, pid: pid, mem: mem, page: uint64(os.Getpagesize())}
	if p.pages, err = os.Open(filepath.Join(folder, "pagemap")); err == nil {
		defer p.pages.Close()
	}
	end := uint64(0)
	for _, m := range list {
		if m.Start != end {
			f.parted()
		}
		end = m.End
		if err := p.mapping(m); err != nil {
			return err
		}
	}
	return nil
}

// mapping searches one.
func (p *process) mapping(m maps.Mapping) error {
	at := p.place(m.Name)
	if m.End > 1<<63 {
		at.Unreadable += m.Size() // [vsyscall] of amd64: code of the kernel, which only runs
		p.parted()
		return nil
	}
	for start := m.Start; start < m.End; {
		end := min(m.End, start+chunk)
		touched, err := p.touched(m, start, end)
		if err != nil {
			return err
		}
		for start < end {
			run := start + p.page
			is := touched(start)
			for run < end && touched(run) == is {
				run += p.page
			}
			if !is {
				p.found.Untouched += int64(run - start)
				p.parted()
			} else if err := p.read(start, run, at); err != nil {
				return err
			}
			start = run
		}
	}
	return nil
}

// touched tells of each page from start to end whether there may be something in it. Reading the others
// would do no harm but take long: Go reserves hundreds of megabytes.
func (p *process) touched(m maps.Mapping, start, end uint64) (func(uint64) bool, error) {
	if p.pages == nil || !m.Own() {
		return func(uint64) bool { return true }, nil
	}
	entries := make([]byte, (end-start)/p.page*entrySize)
	if _, err := p.pages.ReadAt(entries, int64(start/p.page*entrySize)); err != nil {
		return nil, fmt.Errorf("search: pages of %s at %#x of process %d: %w", m.Name, start, p.pid, err)
	}
	return func(address uint64) bool {
		return binary.LittleEndian.Uint64(entries[(address-start)/p.page*entrySize:])&(pagePresent|pageSwapped) != 0
	}, nil
}

// read searches from start to end, chunk bytes at most. What cannot be read in one go is read page by
// page, so that one bad page hides no other.
func (p *process) read(start, end uint64, at *Place) error {
	size := end - start
	n, err := p.pread(p.room()[:size], start)
	if err == nil && n == int(size) {
		p.take(n, at)
		return nil
	}
	for ; start < end; start += p.page {
		n, err = p.pread(p.room()[:p.page], start)
		switch {
		case err == nil && n == int(p.page):
			p.take(n, at)
		case errors.Is(err, unix.EIO) || errors.Is(err, unix.EFAULT):
			at.Unreadable += int64(p.page)
			p.parted()
		case err != nil:
			return fmt.Errorf("search: %s at %#x of process %d: %w", at.Name, start, p.pid, err)
		default:
			return fmt.Errorf("%w: %d ended while it was searched", stopped.ErrGone, p.pid)
		}
	}
	return nil
}

// pread reads at an address until an error, or nothing comes any more.
func (p *process) pread(b []byte, address uint64) (n int, err error) {
	for n < len(b) {
		got, err := unix.Pread(p.mem, b[n:], int64(address)+int64(n))
		if err == unix.EINTR {
			continue
		}
		if err != nil || got == 0 {
			return n, err
		}
		n += got
	}
	return n, nil
}

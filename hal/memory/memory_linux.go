package memory

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// leftOut is the advice to leave pages out of core files (madvise(2), the one of Linux 3.4). Its usual
// name has a word in it that no identifier here may have.
const leftOut = 0x10

// calls are the system calls that a block needs, so that tests can let each fail.
type calls struct {
	mmap   func(fd, size, flags int) ([]byte, error)
	free   func(pages []byte) error
	lock   func(pages []byte) error
	advise func(pages []byte, advice int) error
	secret func(size int) (fd int, err error) // a file of secret memory, to be closed once mapped
	close  func(fd int) error
}

func kernel() calls {
	return calls{
		mmap: func(fd, size, flags int) ([]byte, error) {
			return unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, flags)
		},
		free: unix.Munmap, lock: unix.Mlock, advise: unix.Madvise, secret: secret, close: unix.Close,
	}
}

// Scratch gives a block of size bytes, 1 to MaxSize, for what lives for one frame: locked, left out of
// core files and wiped on fork, as far as the system grants it. Nothing is mapped after an error.
func Scratch(size int) (*Block, error) { return kernel().scratch(size) }

// Secret gives a block of size bytes, 1 to MaxSize, for what lives on from frame to frame: secret memory
// (memfd_secret(2)) where the kernel has it and the limit on locked memory allows it. Anywhere else
// it is what Scratch gives, and Facts says why.
func Secret(size int) (*Block, error) { return kernel().hidden(size) }

// round gives whole pages, whose size differs: a Raspberry Pi 5 has pages of 16 KB.
func round(size int) int {
	page := unix.Getpagesize()
	return (size + page - 1) / page * page
}

func (c calls) scratch(size int) (*Block, error) {
	if err := check(size); err != nil {
		return nil, err
	}
	pages, err := c.mmap(-1, round(size), unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, fmt.Errorf("memory: mapping %d bytes: %w", round(size), err)
	}
	var absent reasons
	b := &Block{pages: pages, size: size, free: c.free}
	b.facts = Facts{
		Locked:      absent.grant("locked", c.lock(pages)),
		OutOfCore:   absent.grant("out of core files", c.advise(pages, leftOut)),
		WipedOnFork: absent.grant("wiped on fork", c.advise(pages, unix.MADV_WIPEONFORK)),
	}
	b.facts.Why = absent.String()
	return b, nil
}

func (c calls) hidden(size int) (*Block, error) {
	if err := check(size); err != nil {
		return nil, err
	}
	pages, err := c.mapSecret(round(size))
	if err != nil {
		b, other := c.scratch(size)
		if other != nil {
			return nil, other
		}
		absent := reasons{fmt.Sprintf("secret: %v", err)}
		if b.facts.Why != "" {
			absent = append(absent, b.facts.Why)
		}
		b.facts.Why = absent.String()
		return b, nil
	}
	// Its pages come when they are first touched. Touched now, a lack of memory shows at the start.
	clear(pages)
	var absent reasons
	b := &Block{pages: pages, size: size, free: c.free}
	b.facts = Facts{
		Secret: true,
		// The kernel locks it and leaves it out of core files by itself (mm/secretmem.c,
		// where it maps). It is shared, so that a fork is kept from it instead of wiped.
		Locked: true, OutOfCore: true,
		WipedOnFork: absent.grant("wiped on fork", c.advise(pages, unix.MADV_DONTFORK)),
	}
	b.facts.Why = absent.String()
	return b, nil
}

// mapSecret maps secret memory. The mapping holds it; the descriptor is closed, since with it the
// memory could be handed on.
func (c calls) mapSecret(size int) ([]byte, error) {
	fd, err := c.secret(size)
	if err != nil {
		return nil, err
	}
	pages, err := c.mmap(fd, size, unix.MAP_SHARED)
	if cerr := c.close(fd); err == nil && cerr != nil {
		clear(pages)
		_ = c.free(pages) // it holds nothing yet
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("mapping %d bytes: %w; is RLIMIT_MEMLOCK high enough", size, err)
	}
	return pages, nil
}

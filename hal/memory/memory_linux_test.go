package memory

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapping gives what the kernel says of the mapping that holds b (proc_pid_smaps(5), VmFlags), nil
// if there is none.
func mapping(t *testing.T, at uintptr) (flags []string) {
	t.Helper()
	file, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Skip("the kernel does not tell about mappings:", err)
	}
	defer file.Close()
	lines, here := bufio.NewScanner(file), false
	for lines.Scan() {
		var from, to uintptr
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x ", &from, &to); n == 2 {
			here = from <= at && at < to
		} else if rest, ok := strings.CutPrefix(lines.Text(), "VmFlags:"); ok && here {
			return strings.Fields(rest)
		}
	}
	return nil
}

// The kernel knows each fact that a block tells, under its own short name, and nothing more.
func TestKernelSaysTheSame(t *testing.T) {
	for _, k := range kinds {
		b, err := k.get(5000)
		if err != nil {
			t.Fatal(err)
		}
		at, f := uintptr(unsafe.Pointer(&b.Bytes()[0])), b.Facts()
		flags := mapping(t, at)
		if flags == nil {
			t.Skip("/proc/self/smaps has no line VmFlags here")
		}
		has := func(name string) bool { return slices.Contains(flags, name) }
		if has("lo") != f.Locked || has("dd") != f.OutOfCore || (has("wf") || has("dc")) != f.WipedOnFork || has("sh") != f.Secret {
			t.Errorf("%s: %+v, but the kernel says %v", k.name, f, flags)
		}
		if has("ex") {
			t.Errorf("%s: the block may be executed", k.name)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The Go runtime maps memory whenever it likes, and the kernel gives it the place that a block just
// left. So a place may be in use once or twice after Close; a block that stays is there each time.
const tries = 20

func closedAndGone(t *testing.T, get func(int) (*Block, error), gone func(kept []byte, at uintptr) bool) bool {
	t.Helper()
	for range tries {
		b, err := get(5000)
		if err != nil {
			t.Fatal(err)
		}
		kept := b.Bytes()
		at := uintptr(unsafe.Pointer(&kept[0]))
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if gone(kept, at) {
			return true
		}
	}
	return false
}

// Nothing of a block stays mapped, and a slice that is kept beyond Close faults.
func TestGoneAfterClose(t *testing.T) {
	for _, k := range kinds {
		if !closedAndGone(t, k.get, func(_ []byte, at uintptr) bool { return mapping(t, at) == nil }) {
			t.Errorf("%s: still mapped after Close", k.name)
		}
		if !closedAndGone(t, k.get, func(kept []byte, _ uintptr) bool { return faults(kept) }) {
			t.Errorf("%s: can be read after Close", k.name)
		}
	}
	if faults(make([]byte, 1)) {
		t.Error("the heap faults: this test tests nothing")
	}
}

func faults(b []byte) (yes bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { yes = recover() != nil }()
	_ = string(b[:1])
	return b[0] > 254
}

// Not even root reads secret memory through /proc, by which scratch can be read.
func TestSecretCannotBeRead(t *testing.T) {
	mem, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Skip("no /proc/self/mem:", err)
	}
	defer mem.Close()
	for _, k := range kinds {
		b, err := k.get(64)
		if err != nil {
			t.Fatal(err)
		}
		bytes := b.Bytes()
		bytes[7] = 0xA5
		got := make([]byte, 64)
		_, err = mem.ReadAt(got, int64(uintptr(unsafe.Pointer(&bytes[0]))))
		if read := err == nil && got[7] == 0xA5; read == b.Facts().Secret {
			t.Errorf("%s: %+v, but reading it through /proc gives %v and byte %#x", k.name, b.Facts(), err, got[7])
		}
		if k.name == "secret" && !b.Facts().Secret {
			t.Log("no secret memory here:", b.Facts().Why)
		}
		b.Close()
	}
}

// Each call of the kernel may fail. What protects is then reported absent; only a failing mmap is an
// error. Nothing stays mapped, and no descriptor open, that nobody gives back.
func TestEachCallMayFail(t *testing.T) {
	no := errors.New("not today")
	for name, c := range map[string]struct {
		set  func(c *calls, fired *int)
		err  bool // an error from both kinds
		want func(scratch, secret Facts) bool
	}{
		"mmap": {func(c *calls, fired *int) {
			c.mmap = func(int, int, int) ([]byte, error) { *fired++; return nil, no }
		}, true, nil},
		"mlock": {func(c *calls, fired *int) {
			c.lock = func([]byte) error { *fired++; return no }
			c.secret = func(int) (int, error) { return -1, unix.ENOSYS }
		}, false, func(a, b Facts) bool {
			return !a.Locked && a.OutOfCore && a.WipedOnFork && a.Why == "locked: not today" &&
				!b.Locked && !b.Secret && b.Why == "secret: function not implemented; locked: not today"
		}},
		"madvise": {func(c *calls, fired *int) {
			c.advise = func([]byte, int) error { *fired++; return no }
		}, false, func(a, b Facts) bool {
			return !a.OutOfCore && !a.WipedOnFork && a.Why == "out of core files: not today; wiped on fork: not today" &&
				!b.WipedOnFork && strings.HasSuffix(b.Why, "wiped on fork: not today")
		}},
		"memfd_secret": {func(c *calls, fired *int) {
			c.secret = func(int) (int, error) { *fired++; return -1, no }
		}, false, func(a, b Facts) bool { return !b.Secret && strings.HasPrefix(b.Why, "secret: not today") }},
		"mmap of the secret file": {func(c *calls, fired *int) {
			mmap := c.mmap
			c.secret = func(int) (int, error) { return unix.Open("/dev/zero", unix.O_RDWR|unix.O_CLOEXEC, 0) }
			c.mmap = func(fd, size, flags int) ([]byte, error) {
				if fd >= 0 {
					*fired++
					return nil, unix.EAGAIN
				}
				return mmap(fd, size, flags)
			}
		}, false, func(a, b Facts) bool {
			return !b.Secret && strings.Contains(b.Why, "resource temporarily unavailable; is RLIMIT_MEMLOCK")
		}},
		"close of the secret file": {func(c *calls, fired *int) {
			c.secret = func(int) (int, error) { return unix.Open("/dev/zero", unix.O_RDWR|unix.O_CLOEXEC, 0) }
			c.close = func(fd int) error { *fired++; unix.Close(fd); return no }
		}, false, func(a, b Facts) bool { return !b.Secret && strings.Contains(b.Why, "not today") }},
	} {
		k, fired, mapped, open := kernel(), 0, 0, descriptors(t)
		c.set(&k, &fired)
		mmap, free := k.mmap, k.free
		k.mmap = func(fd, size, flags int) ([]byte, error) {
			b, err := mmap(fd, size, flags)
			if err == nil {
				mapped++
			}
			return b, err
		}
		k.free = func(b []byte) error { mapped--; return free(b) }
		a, err := k.scratch(5000)
		b, other := k.hidden(5000)
		if c.err != (err != nil) || c.err != (other != nil) {
			t.Errorf("%s: %v, %v", name, err, other)
		}
		if c.want != nil && !c.want(a.Facts(), b.Facts()) {
			t.Errorf("%s: scratch %+v, secret %+v", name, a.Facts(), b.Facts())
		}
		for _, block := range []*Block{a, b} {
			if block != nil && block.Close() != nil {
				t.Errorf("%s: Close failed", name)
			}
		}
		if fired == 0 || mapped != 0 || descriptors(t) != open {
			t.Errorf("%s: the fault fired %d times, %d blocks are still mapped, %d descriptors more are open", name, fired, mapped, descriptors(t)-open)
		}
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc/self/fd:", err)
	}
	return len(list)
}

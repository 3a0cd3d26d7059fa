package search_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"tellijn/privacy/privacytest/search/searchtest"
)

// How a child is told what to do.
const (
	modeKey, sizeKey, fileKey = "TELLIJN_SEARCH_MODE", "TELLIJN_SEARCH_SIZE", "TELLIJN_SEARCH_FILE"
	// mask is laid over what a child gets, so that only what it takes off byte by byte, at the place
	// where it is to lie, can be found.
	mask = 0x55
)

func TestMain(m *testing.M) {
	if mode := os.Getenv(modeKey); mode != "" {
		debug.SetGCPercent(-1)
		child(mode)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// start runs a child that plants b, and gives its process id once it has. Skips where that cannot be.
func start(t *testing.T, mode string, b []byte, env ...string) int {
	t.Helper()
	if raceDetector {
		t.Skip("a process with the race detector maps terabytes; run without -race")
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), append(env, modeKey+"="+mode, sizeKey+"="+strconv.Itoa(len(b)),
		"GODEBUG=asyncpreemptoff=1", "GOMAXPROCS=4")...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	t.Cleanup(func() {
		// It still answers after the search: it ends by itself, and well.
		in.Close()
		rest, _ := io.ReadAll(lines)
		if err := cmd.Wait(); err != nil {
			t.Errorf("child %s: %v %s", mode, err, rest)
		}
	})
	masked := make([]byte, len(b))
	for i, v := range b {
		masked[i] = v ^ mask
	}
	if _, err := in.Write(masked); err != nil {
		t.Fatal(err)
	}
	line, err := lines.ReadString('\n')
	if why, skip := strings.CutPrefix(line, "skip "); skip {
		t.Skip(strings.TrimSpace(why))
	}
	if err != nil || line != "ready\n" {
		t.Fatalf("child %s said %q: %v", mode, line, err)
	}
	return cmd.Process.Pid
}

func must(err error) {
	if err != nil {
		fmt.Println("skip", err)
		os.Exit(0)
	}
}

// get reads what is to be planted to b, where it lies masked.
func get(b []byte) {
	for len(b) > 0 {
		n, err := syscall.Read(0, b)
		if n <= 0 || err != nil {
			os.Exit(3)
		}
		b = b[n:]
	}
}

// wait says that all is planted, and waits for the end.
func wait() {
	os.Stdout.WriteString("ready\n")
	var b [1]byte
	syscall.Read(0, b[:])
}

//go:noinline
func plant(to, masked []byte) {
	for i := range masked {
		to[i] = masked[i] ^ mask
	}
}

func pages(n, prot, flags int) []byte {
	b, err := unix.Mmap(-1, 0, n, prot, flags)
	must(err)
	return b
}

// child plants what it gets, as the mode says, and waits.
func child(mode string) {
	size, _ := strconv.Atoi(os.Getenv(sizeKey))
	const rw, own = unix.PROT_READ | unix.PROT_WRITE, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS
	page := os.Getpagesize()
	if mode == "arena kept" || mode == "arena cleared" {
		arena := pages(size, rw, own)
		get(arena)
		sum := 0
		for i := range arena { // read in place, as counting does
			arena[i] ^= mask
			sum += int(arena[i])
		}
		if mode == "arena cleared" {
			clear(arena)
		}
		wait()
		runtime.KeepAlive(sum)
		return
	}
	masked := make([]byte, size)
	get(masked)
	switch mode {
	case "heap", "not dumpable":
		if mode != "heap" {
			must(unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0))
		}
		b := make([]byte, 4096)
		plant(b[1001:], masked)
		wait()
		runtime.KeepAlive(b)
	case "stack":
		var b [256]byte
		for i := range masked {
			b[33+i] = masked[i] ^ mask
		}
		wait()
		if b[33] == 0 && b[34] == 0 && b[35] == 0 && b[36] == 0 {
			os.Exit(4) // uses b, so that it lies on the stack until here
		}
	case "stack of the system":
		text, err := os.ReadFile("/proc/self/maps")
		must(err)
		for _, line := range strings.Split(string(text), "\n") {
			if strings.HasSuffix(line, "[stack]") {
				at, err := strconv.ParseUint(line[:strings.IndexByte(line, '-')], 16, 63)
				must(err)
				b := make([]byte, size)
				plant(b, masked)
				mem, err := os.OpenFile("/proc/self/mem", os.O_RDWR, 0)
				must(err)
				_, err = mem.WriteAt(b, int64(at)+5)
				must(err)
				clear(b)
			}
		}
		wait()
	case "map", "page edge":
		b := pages(2*page, rw, own)
		plant(b[page-map[string]int{"map": 99, "page edge": 3}[mode]:], masked)
		wait()
	case "two mappings":
		b := pages(2*page, rw, own)
		plant(b[page-5:], masked)
		must(unix.Mprotect(b[page:], unix.PROT_READ))
		wait()
	case "no access":
		b := pages(page, rw, own)
		plant(b[7:], masked)
		must(unix.Mprotect(b, unix.PROT_NONE))
		wait()
	case "shared":
		b := pages(3<<20, rw, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
		plant(b[1<<20-3:], masked) // over the border of two reads
		wait()
	case "file":
		file, err := os.OpenFile(os.Getenv(fileKey), os.O_RDWR, 0)
		must(err)
		b, err := unix.Mmap(int(file.Fd()), 0, page, rw, unix.MAP_SHARED)
		must(err)
		plant(b[9:], masked)
		wait()
	case "secret":
		const memfdSecret = 447 // on every machine (include/uapi/asm-generic/unistd.h)
		fd, _, e := unix.Syscall(memfdSecret, 0, 0, 0)
		if e != 0 {
			must(fmt.Errorf("memfd_secret: %w", e))
		}
		must(unix.Ftruncate(int(fd), int64(2*page)))
		b, err := unix.Mmap(int(fd), 0, 2*page, rw, unix.MAP_SHARED)
		must(err)
		plant(b, masked)
		wait()
	case "vector", "general", "wide":
		hold(mode, masked)
	default:
		os.Exit(5)
	}
}

// hold keeps what it gets in a register only.
func hold(mode string, masked []byte) {
	var state uint32
	if !searchtest.Has || mode == "wide" && !wide() {
		must(fmt.Errorf("no such register on this machine"))
	}
	go func() {
		for atomic.LoadUint32(&state) != 1 {
			runtime.Gosched()
		}
		wait()
		atomic.StoreUint32(&state, 2)
	}()
	b := new([32]byte)
	plant(b[:], masked)
	switch mode {
	case "vector":
		searchtest.Vector((*[16]byte)(b[:]), &state)
	case "general":
		searchtest.General((*[8]byte)(b[:]), &state)
	case "wide":
		searchtest.Wide(b, &state)
	}
}

func wide() bool {
	text, _ := os.ReadFile("/proc/cpuinfo")
	return searchtest.HasWide && strings.Contains(string(text), " avx ")
}

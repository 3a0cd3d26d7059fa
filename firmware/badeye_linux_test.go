package firmware_test

import (
	"os"
	"runtime"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/firmware/eye/cycle"
	"tellijn/hal/alarm"
)

// hang borrows a frame, as the alarm sees it, and never gives it back. The second time it does not.
func hang(note string) {
	if _, err := os.Stat(note); err == nil {
		return
	}
	h, err := alarm.At(4)
	if err != nil {
		os.Exit(90)
	}
	os.WriteFile(note, []byte(strconv.FormatInt(time.Now().UnixNano(), 10)), 0o600)
	if h.Arm(cycle.MaxLife) != nil {
		os.Exit(91)
	}
	time.Sleep(time.Hour)
}

// tryWhatItMayNot locks itself in with a filter that ends the process for one system call, and then
// makes that call.
func tryWhatItMayNot() {
	runtime.LockOSThread()
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // the number of the call
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: unix.SYS_GETPPID},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_KILL_PROCESS},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != nil ||
		unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&prog)), 0, 0) != nil {
		os.Exit(92)
	}
	unix.Getppid()
}

package stopped

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// roomy holds any set of registers: SME's ZA may have 64 KiB (Documentation/arch/arm64/sme.rst).
const roomy = 1 << 17

// file is a set of registers by its number in include/uapi/linux/elf.h.
type file struct {
	name string
	note uintptr
}

// files lists the sets in which bytes of a frame could lie on this machine; the first one is always there.
func files() []file {
	general := []file{{"registers: general", 1}, {"registers: floating point", 2}} // NT_PRSTATUS, NT_PRFPREG
	switch runtime.GOARCH {
	case "amd64", "386":
		return append(general, file{"registers: x86 extended", 0x202}) // NT_X86_XSTATE: SSE, AVX, AVX-512, AMX
	case "arm64":
		// NT_ARM_SVE, NT_ARM_SSVE, NT_ARM_ZA, NT_ARM_ZT
		return append(general, file{"registers: SVE", 0x405}, file{"registers: streaming SVE", 0x40b},
			file{"registers: SME ZA", 0x40c}, file{"registers: SME ZT", 0x40d})
	case "arm":
		return append(general, file{"registers: VFP", 0x400}) // NT_ARM_VFP
	}
	return general
}

// Registers calls look for each set of registers of each thread, with its name and its bytes as the
// kernel lays them out; look must not keep them. A set that this machine does not have is left out. In
// the x86 extended set the lower 16 bytes of each vector lie apart from the higher ones.
func (p *Process) Registers(look func(name string, b []byte)) error {
	buf := make([]byte, roomy)
	defer clear(buf)
	for tid := range p.threads {
		for i, f := range files() {
			vec := unix.Iovec{Base: &buf[0]}
			vec.SetLen(len(buf))
			_, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GETREGSET, uintptr(tid), f.note, uintptr(unsafe.Pointer(&vec)), 0, 0)
			switch {
			case e == unix.ESRCH:
				return fmt.Errorf("%w: thread %d of %d ended while it stood still", ErrGone, tid, p.pid)
			case e != 0 && i > 0 && (e == unix.EINVAL || e == unix.ENODEV || e == unix.EIO):
				continue
			case e != 0:
				return fmt.Errorf("stopped: %s of thread %d of %d: %w", f.name, tid, p.pid, e)
			}
			look(f.name, buf[:vec.Len])
		}
	}
	return nil
}

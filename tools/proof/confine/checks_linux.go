package confine

import (
	"context"
	"fmt"
	"strings"

	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox/eyes"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// What is wanted.
const (
	maxCalls  = 25   // system calls of an eye that counts: fewer than this
	maxShare  = 0.02 // of a cycle
	maxMemory = 1.05 // of the peak without confinement: the filter is the kernel's, but a page here or there is not
)

const command = "go run ./tools/proof -only confinement"

// Checks are what is measured of the confinement.
func Checks() []claim.Check {
	return []claim.Check{
		{Name: "confinement: seen from outside", Run: outside},
		{Name: "confinement: cost", Run: cost, Alone: true},
	}
}

// openers are the system calls by which a program gets at something new.
func openers() []string {
	return []string{"open", "openat", "openat2", "creat", "socket", "socketpair", "accept", "accept4", "connect", "dup", "dup2", "dup3", "pipe", "pipe2",
		"memfd_create", "memfd_secret", "epoll_create1", "eventfd2", "timerfd_create", "signalfd4", "inotify_init1", "io_uring_setup", "pidfd_open",
		"pidfd_getfd", "open_by_handle_at", "recvmsg", "shmget", "userfaultfd", "perf_event_open", "bpf", "fcntl", "landlock_create_ruleset"}
}

func outside(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	m := eyes.Counts(eyes.Eye{Camera: 5, Pid: 1})
	opens := 0
	for _, c := range m.Calls {
		for _, o := range openers() {
			if c.Name == o {
				opens++
			}
		}
	}
	list := claim.Result{Promises: []int{31, 64}, Name: "System calls that a counting eye may make", Command: "go run ./firmware/eye -manifest",
		Measured: "how many system calls an eye that counts may make, and how many of them open or make anything",
		Figure:   fmt.Sprintf("%d system calls, %d of them open anything; %d paths", len(m.Calls), opens, len(m.Paths)),
		Verdict:  claim.Judge(len(m.Calls) < maxCalls && len(m.Calls) > 5 && opens == 0 && len(m.Paths) == 0)}
	s, err := Look(ctx, b)
	if err != nil {
		return nil, err
	}
	wrong := s.wrong()
	seen := claim.Result{Promises: []int{9, 31, 64}, Name: "What the kernel says of a running eye", Command: command,
		Measured: "the status of a counting eye in /proc, read by another program",
		Figure: fmt.Sprintf("%d of 8 as promised; filter mode %s, capabilities %s, user %s, %d descriptors, %d network devices; it holds: %s",
			8-len(wrong), s.Status["Seccomp"], s.Status["CapEff"], strings.Fields(s.Status["Uid"])[0], len(s.Open), len(s.Devices), s.Said.Stream.Held),
		Verdict: claim.Judge(len(wrong) == 0)}
	if len(wrong) > 0 {
		seen.Why = "not as promised: " + strings.Join(wrong, ", ")
	}
	if opens > 0 || list.Verdict == claim.Short {
		list.Why = fmt.Sprintf("want fewer than %d, none of which opens anything", maxCalls)
	}
	return []claim.Result{list, seen}, nil
}

// wrong names what is not as it should be, of eight things.
func (s *Seen) wrong() (out []string) {
	for _, c := range []struct {
		what string
		ok   bool
	}{
		{"system-call filter", s.Status["Seccomp"] == "2"},
		{"no new privileges", s.Status["NoNewPrivs"] == "1"},
		{"capabilities", strings.Trim(s.Status["CapEff"]+s.Status["CapPrm"]+s.Status["CapInh"]+s.Status["CapAmb"], "0") == "" && s.Status["CapEff"] != ""},
		{"not root", s.Status["Uid"] != "" && !strings.HasPrefix(s.Status["Uid"], "0 ")},
		{"namespaces shared: " + strings.Join(s.Shared, " "), len(s.Shared) == 0},
		{"network devices: " + strings.Join(s.Devices, " "), len(s.Devices) == 0},
		{"core files: " + s.Core, strings.HasPrefix(s.Core, "0 0")},
		{"it says that it lacks " + strings.Join((s.Said.Stream.Held|layers.Spaces).Missing(), ", "),
			s.Said.Stream.Held&(layers.Needed&^layers.Spaces) == layers.Needed&^layers.Spaces},
	} {
		if !c.ok {
			out = append(out, c.what)
		}
	}
	return out
}

func cost(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	c, err := Measure(ctx, b)
	if err != nil {
		return nil, err
	}
	t := claim.Result{Promises: []int{31}, Name: "Time that the walls cost", Command: command,
		Measured: fmt.Sprintf("a million calls and %d frames, confined and free side by side, %d rounds; a cycle on a real camera makes %d calls", frames, c.Rounds, callsPerFrame),
		Figure: fmt.Sprintf("%.2f %% of a cycle (%v a call, cycle of %v with the pipe); cycles took %.3f times as long, a noisier figure",
			100*c.Share, c.Call, c.Cycle, c.Ratio),
		Verdict: claim.Judge(c.Share < maxShare && c.Cycle > 0)}
	if t.Verdict == claim.Short {
		t.Why = fmt.Sprintf("want less than %.0f %%", 100*maxShare)
	}
	m := claim.Result{Promises: []int{31}, Name: "Memory that the walls cost", Command: command,
		Measured: "the most memory that an eye takes, confined and free side by side",
		Figure:   fmt.Sprintf("%.3f times as much (%d KiB)", c.Memory, c.Peak),
		Verdict:  claim.Judge(c.Memory > 0 && c.Memory < maxMemory)}
	if m.Verdict == claim.Short {
		m.Why = fmt.Sprintf("want at most %.2f times", maxMemory)
	}
	return []claim.Result{t, m}, nil
}

package confine

import (
	"context"
	"fmt"
	"strconv"
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
	if opens > 0 || list.Verdict == claim.Short {
		list.Why = fmt.Sprintf("want fewer than %d, none of which opens anything", maxCalls)
	}
	return []claim.Result{list, s.judge()}, nil
}

// stages are those of an eye, each with a filter of its own over the ones before.
const stages = 3

// judge says whether all of it is as promised. What could not be read is not good: then nothing is shown.
func (s *Seen) judge() claim.Result {
	r := claim.Result{Promises: []int{9, 31, 64}, Name: "What the kernel says of a running eye", Command: command,
		Measured: "the status of every thread of a counting eye, its namespaces, limits and descriptors in /proc, read by another program"}
	wrong := s.wrong()
	weakest := s.weakest()
	r.Figure = fmt.Sprintf("%d of %d as promised; %d threads, the weakest with %d filters of its own, capabilities %#x; %d descriptors, %d network devices; it holds: %s",
		promised-len(wrong), promised, len(s.Threads), weakest.filters, weakest.rights, len(s.Open), len(s.Devices), s.Said.Stream.Held)
	switch {
	case len(s.Unread) > 0:
		r.Verdict, r.Why = claim.NotShown, "not all of it could be read: "+strings.Join(s.Unread, "; ")
	case len(wrong) > 0:
		r.Verdict, r.Why = claim.Short, "not as promised: "+strings.Join(wrong, ", ")
	default:
		r.Verdict = claim.Held
	}
	return r
}

// weak is the least that holds any thread.
type weak struct {
	filters  int // of its own
	mode, no string
	rights   uint64 // that any thread has
	root     bool   // any thread is
	absent   string // a line that a thread does not have, or that is no number
}

// weakest looks at all threads.
func (s *Seen) weakest() (w weak) {
	w = weak{filters: 1 << 10, mode: "2", no: "1"}
	for _, t := range s.Threads {
		n, err := strconv.Atoi(t["Seccomp_filters"])
		if err != nil {
			w.absent = "Seccomp_filters"
		}
		w.filters = min(w.filters, n-s.Filters)
		if t["Seccomp"] != "2" {
			w.mode = t["Seccomp"]
		}
		if t["NoNewPrivs"] != "1" {
			w.no = t["NoNewPrivs"]
		}
		for _, name := range []string{"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"} {
			n, err := strconv.ParseUint(t[name], 16, 64)
			if err != nil {
				w.absent = name
			}
			if name != "CapBnd" { // an ordinary user cannot empty it, and nothing comes of it without new rights
				w.rights |= n
			}
		}
		for _, id := range strings.Fields(t["Uid"]) {
			w.root = w.root || id == "0"
		}
		if t["Uid"] == "" {
			w.absent = "Uid"
		}
	}
	if len(s.Threads) == 0 {
		w.filters, w.absent = 0, "any thread"
	}
	return w
}

// promised is how many things are looked at.
const promised = 9

// wrong names what is not as it should be.
func (s *Seen) wrong() (out []string) {
	w := s.weakest()
	for _, c := range []struct {
		what string
		ok   bool
	}{
		{"what is said of each thread: no " + w.absent, w.absent == ""},
		{fmt.Sprintf("system-call filter: mode %s, %d filters, want 2 and %d", w.mode, w.filters, stages), w.mode == "2" && w.filters >= stages},
		{"no new privileges", w.no == "1"},
		{fmt.Sprintf("capabilities: %#x", w.rights), w.rights == 0},
		{"not root", !w.root},
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

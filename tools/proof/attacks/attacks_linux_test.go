package attacks

import (
	"context"
	"slices"
	"strings"
	"syscall"
	"testing"

	"tellijn/tools/proof/attacks/codes"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

func TestAll(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a hostile eye a hundred times; not with -short")
	}
	b, err := bench.New(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	all, err := Run(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		t.Logf("%-14s free: %-40s confined: %s", o.Name, o.Free, o.How)
	}
	for _, by := range []Stop{Kernel, Opening, Settling, Warden} {
		if r := judge(all, by); r.Verdict != claim.Held {
			t.Errorf("%s: %s; %s", r.Name, r.Figure, r.Why)
		} else {
			t.Logf("%s: %s", r.Name, r.Figure)
		}
	}
}

// The judge says so when one attack is not stopped, or was never made.
func TestJudgeCanFail(t *testing.T) {
	var all []Outcome
	for _, a := range All() {
		all = append(all, Outcome{Attack: a, Fired: true, Worked: true, Held: true})
	}
	for _, by := range []Stop{Kernel, Opening, Settling, Warden} {
		if r := judge(all, by); r.Verdict != claim.Held {
			t.Fatalf("all stopped: %+v", r)
		}
	}
	for name, turn := range map[string]func(*Outcome){
		"not stopped": func(o *Outcome) { o.Held = false }, "not made": func(o *Outcome) { o.Fired = false },
	} {
		for _, by := range []Stop{Kernel, Opening, Settling, Warden} {
			for _, control := range []bool{false, true} {
				i := slices.IndexFunc(all, func(o Outcome) bool { return o.By == by && o.Control == control })
				was := all[i]
				turn(&all[i])
				if r := judge(all, by); r.Verdict != claim.Short || !strings.Contains(r.Why, was.Words) {
					t.Errorf("%s, control %v: %+v", name, control, r)
				}
				all[i] = was
			}
		}
	}
	for by, n := range map[Stop]int{Kernel: 20, Opening: 80, Settling: 80, Warden: 140} {
		if r := judge(all[:n], by); r.Verdict != claim.Short {
			t.Errorf("few attacks: %+v", r)
		}
	}
	// What is refused either way says nothing, and enough must be left.
	for i := range all {
		if all[i].By == Opening && !all[i].Control {
			all[i].Held, all[i].Idle, all[i].No = false, true, syscall.EACCES
		}
	}
	if r := judge(all, Opening); r.Verdict != claim.Short || !strings.Contains(r.Figure, "show nothing on this machine") {
		t.Errorf("nothing is shown: %+v", r)
	}
}

// What an end says of an attack.
func TestEnds(t *testing.T) {
	exit := func(code int) syscall.WaitStatus { return syscall.WaitStatus(code << 8) }
	errno := func(e syscall.Errno) syscall.WaitStatus { return exit(codes.Errno + int(e)) }
	const sigsys, coreFlag = syscall.WaitStatus(syscall.SIGSYS), 0x80
	for _, c := range []struct {
		what           string
		a              Attack
		free, confined syscall.WaitStatus
		words          string
		worked, fired  bool
		held, idle     bool
	}{
		{"ended", Attack{By: Kernel}, exit(codes.Worked), sigsys, "", true, true, true, false},
		{"a core file", Attack{By: Kernel}, exit(codes.Worked), sigsys | coreFlag, "", true, true, false, false},
		{"words", Attack{By: Kernel}, exit(codes.Worked), sigsys, "x", true, true, false, false},
		{"another signal", Attack{By: Kernel}, exit(codes.Worked), syscall.WaitStatus(syscall.SIGSEGV), "", true, true, false, false},
		{"refused while it counts", Attack{By: Kernel}, exit(codes.Worked), errno(syscall.EACCES), "", true, true, false, false},
		{"refused in either case", Attack{By: Kernel}, errno(syscall.EINVAL), sigsys, "", false, true, true, false},
		{"a kernel without it", Attack{By: Kernel}, errno(syscall.ENOSYS), sigsys, "", false, false, true, false},
		{"not made", Attack{By: Kernel}, exit(codes.Failed), sigsys, "", false, false, true, false},
		{"an honest end", Attack{By: Kernel}, exit(16), sigsys, "", false, false, true, false},
		{"early, ended", Attack{By: Opening}, exit(codes.Worked), sigsys, "", true, true, true, false},
		{"early, refused", Attack{By: Opening}, exit(codes.Worked), errno(syscall.ENOENT), "", true, true, true, false},
		{"early, another error", Attack{By: Opening}, exit(codes.Worked), errno(syscall.EINVAL), "", true, true, false, false},
		{"early, it worked", Attack{By: Opening}, exit(codes.Worked), exit(codes.Worked), "", true, true, false, false},
		{"early, refused anyway", Attack{By: Opening}, errno(syscall.EACCES), errno(syscall.EACCES), "", false, true, false, true},
		{"allowed", Attack{By: Kernel, Control: true}, errno(syscall.ENOTTY), errno(syscall.ENOTTY), "", false, true, true, false},
		{"allowed and ended", Attack{By: Kernel, Control: true}, errno(syscall.ENOTTY), sigsys, "", false, true, false, false},
		{"allowed and refused", Attack{By: Opening, Control: true}, exit(codes.Worked), errno(syscall.EPERM), "", true, true, false, false},
		{"exec", Attack{Name: codes.Early + "exec", By: Opening}, exit(0), sigsys, "", true, true, true, false},
	} {
		o := Outcome{Attack: c.a}
		o.free(true, c.free, "")
		o.confined(true, c.confined, c.words)
		if o.Worked != c.worked || o.Fired != c.fired || o.Held != c.held || o.Idle != c.idle {
			t.Errorf("%s: %+v", c.what, o)
		}
	}
}

// A control holds only after the warden took its tally, and an attack only if the warden says why.
func TestListen(t *testing.T) {
	for _, c := range []struct {
		what  string
		o     Attack
		lines []string
		held  bool
	}{
		{"a lie", Attack{Name: "range"}, []string{accepted, ended + " " + lied}, true},
		{"a lie that is not noticed", Attack{Name: "range"}, []string{accepted, ended + " something"}, false},
		{"held", Attack{Name: "hold"}, []string{"Event    it " + held, ended + " " + lied}, true},
		{"ended", Attack{Name: "base", Control: true}, []string{accepted, ended + " " + lied}, false},
		{"not taken", Attack{Name: "base", Control: true}, []string{"something"}, false},
	} {
		lines := make(chan string, len(c.lines))
		for _, l := range c.lines {
			lines <- l
		}
		close(lines)
		o := Outcome{Attack: c.o}
		if o.listen(lines); o.Held != c.held {
			t.Errorf("%s: %+v", c.what, o)
		}
	}
	lines := make(chan string, 1)
	lines <- accepted
	o := Outcome{Attack: Attack{Name: "base", Control: true}}
	if o.listen(lines); !o.Held {
		t.Errorf("taken and left alone: %+v", o)
	}
}

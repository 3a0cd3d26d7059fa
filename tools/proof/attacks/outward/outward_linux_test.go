package outward

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
		t.Skip("builds and starts a program a hundred times; not with -short")
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
		t.Logf("%s %-14s free: %-40s confined: %s", o.Program, o.Name, o.Free, o.How)
	}
	for _, program := range []string{Courier, Dialer} {
		if r := Judge(all, program, "x"); r.Verdict != claim.Held {
			t.Errorf("%s: %s; %s", r.Name, r.Figure, r.Why)
		} else {
			t.Logf("%s: %s", r.Name, r.Figure)
		}
	}
}

// Each attack stands there once for its program.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range All() {
		if seen[a.Program+a.Name] || a.Words == "" || a.Control && a.Lands {
			t.Errorf("%+v", a)
		}
		seen[a.Program+a.Name] = true
	}
}

// The judge says so when one attack is not stopped, was never made, or what is allowed is stopped.
func TestJudgeCanFail(t *testing.T) {
	var all []Outcome
	for _, a := range All() {
		all = append(all, Outcome{Attack: a, Fired: true, Worked: true, Held: true})
	}
	for _, program := range []string{Courier, Dialer} {
		if r := Judge(all, program, "x"); r.Verdict != claim.Held || (program == Dialer) != strings.Contains(r.Figure, "nothing stops") {
			t.Fatalf("all stopped: %+v", r)
		}
		for name, turn := range map[string]func(*Outcome){
			"not stopped": func(o *Outcome) { o.Held = false }, "not made": func(o *Outcome) { o.Fired = false },
		} {
			for _, control := range []bool{false, true} {
				i := slices.IndexFunc(all, func(o Outcome) bool { return o.Program == program && o.Control == control })
				was := all[i]
				turn(&all[i])
				if r := Judge(all, program, "x"); !control && r.Verdict != claim.Short || name == "not stopped" && (r.Verdict != claim.Short || !strings.Contains(r.Why, was.Words)) {
					t.Errorf("%s %s, control %v: %+v", program, name, control, r)
				}
				all[i] = was
			}
		}
		if r := Judge(all[:20], program, "x"); r.Verdict != claim.Short {
			t.Errorf("few attacks: %+v", r)
		}
	}
}

// What an end says of an attack.
func TestSee(t *testing.T) {
	exit := func(code int) syscall.WaitStatus { return syscall.WaitStatus(code << 8) }
	errno := func(e syscall.Errno) syscall.WaitStatus { return exit(codes.Errno + int(e)) }
	const sigsys, coreFlag = syscall.WaitStatus(syscall.SIGSYS), 0x80
	for _, c := range []struct {
		what           string
		a              Attack
		free, confined syscall.WaitStatus
		fired, held    bool
	}{
		{"ended", Attack{}, exit(codes.Worked), sigsys, true, true},
		{"a core file", Attack{}, exit(codes.Worked), sigsys | coreFlag, true, false},
		{"another signal", Attack{}, exit(codes.Worked), syscall.WaitStatus(syscall.SIGSEGV), true, false},
		{"refused", Attack{}, exit(codes.Worked), errno(syscall.EACCES), true, false},
		{"refused in either case", Attack{}, errno(syscall.EPERM), sigsys, true, true},
		{"a kernel without it", Attack{}, errno(syscall.ENOSYS), sigsys, false, true},
		{"not made", Attack{}, exit(codes.Failed), sigsys, false, true},
		{"became another", Attack{Name: "exec"}, exit(0), sigsys, true, true},
		{"ended for nothing", Attack{}, exit(0), sigsys, false, true},
		{"a path", Attack{Lands: true}, exit(codes.Worked), errno(syscall.EACCES), true, true},
		{"a path that is not there", Attack{Lands: true}, exit(codes.Worked), errno(syscall.ENOENT), true, false},
		{"a path refused to all", Attack{Lands: true}, errno(syscall.EACCES), errno(syscall.EACCES), true, false},
		{"allowed", Attack{Control: true}, exit(codes.Worked), exit(codes.Worked), true, true},
		{"allowed and ended", Attack{Control: true}, exit(codes.Worked), sigsys, true, false},
		{"allowed and refused", Attack{Control: true}, exit(codes.Worked), errno(syscall.EACCES), true, false},
	} {
		if o := see(c.a, c.free, c.confined); o.Fired != c.fired || o.Held != c.held {
			t.Errorf("%s: %+v", c.what, o)
		}
	}
}

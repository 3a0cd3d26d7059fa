package sandbox

import (
	"slices"
	"strings"
	"testing"

	"tellijn/privacy/sandbox/filter"
)

func radio() *Radio {
	return &Radio{Program: "/sbin/wpa_supplicant", Libraries: []string{"/lib"}, Dir: "/run/x"}
}

func names(m Manifest) (all []string) {
	for _, c := range m.Calls {
		all = append(all, c.Name)
	}
	return all
}

// covers tells whether a list allows a call in at least the way that it is wanted.
func covers(list []Call, c Call) bool {
	return slices.ContainsFunc(list, func(o Call) bool {
		return o.Name == c.Name && (len(o.Where) == 0 || slices.EqualFunc(o.Where, c.Where, equal))
	})
}

// TestWhatIsStarted sees that what the setter starts can do all that its own list says: both lists hold for it.
func TestWhatIsStarted(t *testing.T) {
	for _, r := range []*Radio{nil, radio()} {
		m := Setter(Setting{Self: "/scout", Etc: "/etc", Chip: -1, Radio: r}, 7)
		lists := []Manifest{Asker(8)}
		if r != nil {
			lists = append(lists, Supplicant(*r))
			for _, p := range lists[1].Paths {
				if !slices.Contains(m.Paths, p) {
					t.Errorf("the supplicant cannot open %s", p.Path)
				}
			}
		}
		for _, l := range lists {
			for _, c := range l.Calls {
				if c.Name == "tgkill" { // of another process
					c.Where = nil
				}
				if !covers(m.Calls, c) {
					t.Errorf("%s cannot %s (%s) where the setter started it", l.Program, c.Name, c.Why)
				}
			}
			for _, k := range l.Keeps {
				if !slices.Contains(m.Keeps, k) {
					t.Errorf("%s cannot %s where the setter started it", l.Program, k)
				}
			}
		}
		if code := !covers(m.Calls, Call{Name: "mmap"}); code != (r == nil) {
			t.Errorf("radio %v: maps code %v; only libraries of the supplicant are a reason", r != nil, !code)
		}
	}
}

// TestNobodyListens looks for calls by which others could reach or change these programs.
func TestNobodyListens(t *testing.T) {
	for _, m := range []Manifest{Setter(Setting{Chip: 4, Asks: []uint64{1}, Radio: radio()}, 7), Asker(7), Supplicant(*radio())} {
		for _, never := range []string{"listen", "accept", "accept4", "ptrace", "process_vm_readv", "init_module", "finit_module", "mount", "reboot", "bpf", "unshare", "setns"} {
			if slices.Contains(names(m), never) {
				t.Errorf("%s may %s", m.Program, never)
			}
		}
		if !m.Dies || m.Rights {
			t.Errorf("%s outlives the one who started it, or keeps all rights", m.Program)
		}
	}
	m := Asker(7)
	for _, never := range []string{"bind", "sendto", "execve", "kill", "clock_settime", "ioctl", "socketpair", "setresuid"} {
		if slices.Contains(names(m), never) {
			t.Errorf("the asker may %s", never)
		}
	}
	for _, c := range m.Calls {
		if c.Name == "socket" && (!slices.EqualFunc(c.Where[:1], []filter.Condition{filter.Is(0, inet4, inet6)}, equal) || !equal(c.Where[1], filter.Is(1, datagram))) {
			t.Errorf("the asker may make other sockets: %+v", c)
		}
		if c.Name == "sendmsg" && !slices.EqualFunc(c.Where, []filter.Condition{filter.Is(0, AskerLine)}, equal) {
			t.Errorf("the asker may send to whom it wants: %+v", c)
		}
	}
	if len(m.Keeps) != 0 || len(m.Paths) != 0 || len(m.Ports) != 0 || m.Budget.FileBytes != 0 {
		t.Errorf("the asker has %+v", m)
	}
	if slices.Contains(names(Setter(Setting{Chip: -1}, 7)), "ioctl") {
		t.Error("ioctl without a clock chip or a radio")
	}
	for _, r := range []Right{NetAdmin, NetRaw, SetTime} {
		if !slices.Contains(Setter(Setting{}, 7).Keeps, r) {
			t.Errorf("the setter cannot %s", r)
		}
	}
	if slices.Contains(Supplicant(*radio()).Keeps, SetTime) {
		t.Error("the supplicant may set the clock")
	}
}

func TestJoin(t *testing.T) {
	one, two := Call{"a", []filter.Condition{filter.Is(0, 1)}, "one"}, Call{"a", []filter.Condition{filter.Is(0, 2)}, "two"}
	any, other := Call{Name: "a", Why: "any"}, Call{Name: "b"}
	for i, c := range []struct {
		lists [][]Call
		want  []string
	}{
		{[][]Call{{one}, {one}}, []string{"one"}},
		{[][]Call{{one}, {two, other}}, []string{"one", "two", ""}},
		{[][]Call{{one, two}, {other}, {any}}, []string{"", "any"}},
		{[][]Call{{any}, {one}}, []string{"any"}},
	} {
		var got []string
		for _, j := range join(c.lists...) {
			got = append(got, j.Why)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%d: %q, want %q", i, got, c.want)
		}
	}
}

func TestRightsInWords(t *testing.T) {
	text := Setter(Setting{Self: "/scout", Etc: "/etc"}, 1).Text()
	for _, r := range []Right{Kill, SetGroup, SetUser, NetAdmin, NetRaw, SetTime} {
		if strings.HasPrefix(r.String(), "capability") || !strings.Contains(text, "right: "+r.String()) {
			t.Errorf("right %d is not said in\n%s", r, text)
		}
	}
	if Right(99).String() != "capability 99" || !strings.Contains(text, "stays who it was") || !strings.Contains(text, "/scout: read and start") {
		t.Errorf("%s", text)
	}
}

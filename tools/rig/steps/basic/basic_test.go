package basic

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/bench/benchtest"
	"tellijn/tools/rig/protocol"
)

// scene is a board for a test, and a way to say sentences to it.
type scene struct {
	*bench.Scene
	rig *benchtest.Rig
	t   *testing.T
}

func set(t *testing.T) scene {
	t.Helper()
	rig := benchtest.New()
	return scene{&bench.Scene{Rig: rig, Keep: map[string]any{}, Say: t.Logf}, rig, t}
}

// say does a sentence, as a scenario would.
func (s scene) say(line string) (string, error) {
	s.t.Helper()
	book, err := protocol.NewBook(Steps())
	if err != nil {
		s.t.Fatal(err)
	}
	step, args, err := book.Find(line)
	if err != nil {
		s.t.Fatal(err)
	}
	return step.Do(s.t.Context(), s.Scene, args)
}

// good wants a sentence to succeed, bad to fail with what it should say.
func (s scene) good(line string) {
	s.t.Helper()
	if saw, err := s.say(line); err != nil {
		s.t.Errorf("%s: %v; saw %q", line, err, saw)
	}
}

func (s scene) bad(line, want string) {
	s.t.Helper()
	if saw, err := s.say(line); err == nil || !strings.Contains(err.Error(), want) {
		s.t.Errorf("%s: %v; saw %q; want %q", line, err, saw, want)
	}
}

func TestPower(t *testing.T) {
	s := set(t)
	var did []string
	s.rig.OnPower = func(on bool) error { did = append(did, fmt.Sprint(on)); return nil }
	s.rig.OnHold = func(d time.Duration) error {
		did = append(did, d.String())
		s.rig.Says("[ 9.0] reboot: Power down")
		return nil
	}
	s.rig.Says("[ 1.0] tellijn: first: starts as board x", "[ 2.0] reboot: Power down")
	s.good("switch the board on")
	s.bad("the board switches itself off within 20 ms", "did not say") // it did only before
	s.good("hold the button for 4 s")
	s.good("the board switches itself off within 20 ms")
	s.good("cut the power")
	if got := strings.Join(did, " "); got != "true false 4s false false" {
		t.Errorf("%s", got)
	}
	s.rig.OnPower = func(bool) error { return errors.New("no fuse") }
	s.bad("switch the board on", "no fuse")
	s.bad("cut the power", "no fuse")
}

func TestConsole(t *testing.T) {
	s := set(t)
	s.bad(`check the console never said "x"`, "nothing at all")
	s.bad(`check the console said "x"`, "never said")
	s.rig.Says("one two", "[ 5.0] tellijn: memory: init 10 + eye 20 = 30 KiB", "[ 5.0] tellijn: sockets: 2 listening")
	s.good(`check the console said "t.o$"`)
	s.good(`check the console never said "three"`)
	s.bad(`check the console never said "on."`, "1 lines fit")
	s.bad(`check the console said "("`, "missing closing")
	s.good("check the kernel complains of nothing")
	s.good("check the memory of all programs is at most 30 KiB")
	s.bad("check the memory of all programs is at most 29 KiB", "30 is not")
	s.good("check 2 sockets wait for anybody")
	s.bad("check 0 sockets wait for anybody", "2 is not")
	for _, line := range []string{"Kernel panic - not syncing", "EXT4-fs error (device vda4)", "Internal error: Oops: 1", "eye[7]: segfault", "rcu: INFO: rcu_preempt detected stalls on CPUs: rcu stall"} {
		again := set(t)
		again.rig.Says("[ 7.0] " + line)
		again.bad("check the kernel complains of nothing", "1 lines")
		again.bad("check 0 sockets wait for anybody", "never said")
	}
	s.rig.Says("first: starts as board x")
	s.good("the board starts 1 more times within 20 ms")
	s.bad("the board starts 2 more times within 20 ms", "did not say")
	s.rig.Says("between", "first: starts as board x")
	s.good("the board starts 2 more times within 20 ms")
	s.good(`the console says "one" within 20 ms`)
	s.good("switch the board on")
	s.bad(`the console says "one" within 20 ms`, "did not say")
	go func() {
		time.Sleep(20 * time.Millisecond)
		s.rig.Says("one more")
	}()
	s.good(`the console says "one" within 5 s`)
	s.bad(`the console says "one" 2 times within 20 ms`, "did not say")
}

func boot(n byte) [16]byte { return [16]byte{n} }

func rec(b byte, sequence uint32, from, to int64) record.Record {
	return record.Record{Boot: boot(b), Sequence: sequence, From: from, To: to, Coverage: 90, Clock: record.ClockKnown, Simulated: true,
		Camera: record.Camera{Driver: "sim", Width: 160, Height: 120}, Lines: []record.Line{{TotalForward: 3}}}
}

func TestRecords(t *testing.T) {
	s := set(t)
	for _, line := range []string{"check the records verify", "check every record says camera sim with 160x120", "check every record says the clock is known",
		"check every record has a coverage of 0 % or more", "check every record says that nobody real was counted", "check nothing is released that is not booked",
		"check the records follow one another without a gap", "check record 1 has released nothing", "check record 1 lasts from 0 to 9 s", `check the log never said "x"`} {
		if line == "check nothing is released that is not booked" {
			s.rig.TheCard = card{}
		}
		if _, err := s.say(line); err == nil {
			t.Errorf("%s: nothing came, and it is green", line)
		}
	}
	s.good("check there are 0 records")
	from := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC).Unix()
	first := rec(1, 0, from, from+900)
	first.Lines = []record.Line{{}}
	s.rig.Sends([]record.Record{first, rec(1, 1, from+900, from+1800), rec(2, 0, from+5000, from+5400)}, nil)
	s.good("3 records are there within 20 ms")
	s.bad("4 records are there within 20 ms", "3 records are there, want 4")
	s.bad("1 more records come within 20 ms", "3 records are there, want 4")
	s.good("check the records verify")
	s.good("check the records follow one another without a gap")
	s.good("check the records are of 2 starts")
	s.bad("check the records are of 1 starts", "2 starts, want 1")
	s.good("check there are 3 records")
	s.bad("check there are 2 records", "3 records came")
	s.good("check every record says camera sim with 160x120")
	s.bad("check every record says camera sim with 160x121", "record 1: the camera is sim")
	s.good("check every record has a coverage of 90 % or more")
	s.bad("check every record has a coverage of 91 % or more", "record 1: the coverage is 90")
	s.good("check every record says the clock is known")
	s.bad("check every record says the clock is held", "record 1: the clock is known")
	s.good("check every record says that nobody real was counted")
	s.bad("check every record says that people were counted", "simulated is true")
	s.good(`check record 1 ends at "2027-03-01 08:15:00"`)
	s.bad(`check record 2 ends at "2027-03-01 08:15:00"`, "08:30:00")
	s.bad(`check record 4 ends at "2027-03-01 08:15:00"`, "record 4 of 3")
	s.good("check record 3 lasts from 400 to 400 s")
	s.bad("check record 3 lasts from 401 to 500 s", "lasts 400 s")
	s.bad("check record 3 lasts from 0 to 399 s", "lasts 400 s")
	s.good("check record 3 has a coverage from 90 to 90 %")
	s.bad("check record 3 has a coverage from 0 to 89 %", "of 90 %")
	s.bad("check record 3 has a coverage from 91 to 99 %", "of 90 %")
	s.good("check record 1 has released nothing")
	s.bad("check record 2 has released nothing", "line 1")
	s.rig.Verified = errors.New("a hash is wrong")
	s.bad("check the records verify", "a hash is wrong")
	s.rig.Verified = nil
	s.rig.Sends([]record.Record{rec(2, 2, from+5401, from+6300)}, nil)
	s.bad("check the records verify", "record 4 has the sequence 2, want 1")
	s.bad("check the records follow one another without a gap", "record 4: it begins +1 s after")
}

func TestLog(t *testing.T) {
	s := set(t)
	s.rig.Sends(nil, []devicelog.Entry{{Number: 1, Kind: devicelog.Shutdown}, {Number: 2, Kind: devicelog.ButtonOff}})
	s.good(`the log says "shut down in order" within 20 ms`)
	s.bad(`the log says "put aside" within 20 ms`, "did not say")
	s.good(`check the log never said "put aside"`)
	s.bad(`check the log never said "held the button"`, "entry 2")
	s.bad(`check the log never said "("`, "missing closing")
}

// card answers for what a test says.
type card struct {
	bench.Card
	booked []bench.Counts
	err    error
}

func (c card) Booked() ([]bench.Counts, error) { return c.booked, c.err }
func (c card) Sound() error                    { return c.err }

type camera struct {
	bench.Camera
	truth []bench.Counts
}

func (c camera) Truth() ([]bench.Counts, error) { return c.truth, nil }

type network struct {
	bench.Network
	sent map[string]int
}

func (n network) Sent() map[string]int { return n.sent }

func TestCounts(t *testing.T) {
	s := set(t)
	s.rig.TheCard, s.rig.TheCamera = card{booked: []bench.Counts{{Forward: 5, Backward: 2}}}, camera{truth: []bench.Counts{{Forward: 3, Backward: 3}}}
	s.bad("check the booked counts have not become less", "no step has read")
	s.good("check the card is sound")
	s.good("check 7 crossings or more are booked")
	s.bad("check 8 crossings or more are booked", "7 crossings are booked")
	s.good("check the booked counts have not become less")
	s.good("check the booked counts are at most 2 from the truth")
	s.bad("check the booked counts are at most 1 from the truth", "line 1 is more than 1 off")
	s.rig.Sends([]record.Record{rec(1, 0, 0, 9)}, nil)
	s.good("check nothing is released that is not booked")
	s.rig.TheCard = card{booked: []bench.Counts{{Forward: 2, Backward: 9}}}
	s.bad("check nothing is released that is not booked", "line 1 has released more")
	s.rig.TheCard = card{booked: []bench.Counts{{Forward: 9}, {}}}
	s.bad("check nothing is released that is not booked", "1 lines, the card 2")
	s.bad("check the booked counts are at most 9 from the truth", "the same lines")
	s.Keep[bench.KeepBooked] = []bench.Counts{{Forward: 9, Backward: 1}, {}}
	s.bad("check the booked counts have not become less", "line 1 has lost")
	s.Keep[bench.KeepBooked] = []bench.Counts{{Forward: 9, Backward: 1}, {}}
	s.rig.TheCard = card{booked: []bench.Counts{{Forward: 8, Backward: 9}, {}}}
	s.bad("check the booked counts have not become less", "line 1 has lost")
	s.rig.TheCard = card{err: errors.New("no file system")}
	for _, line := range []string{"check the card is sound", "check 0 crossings or more are booked", "check nothing is released that is not booked",
		"check the booked counts are at most 2 from the truth", "check the booked counts have not become less"} {
		s.bad(line, "no file system")
	}
	s.rig.TheCard, s.rig.TheCamera = card{booked: []bench.Counts{{}}}, camera{truth: []bench.Counts{{}}}
	s.bad("check the booked counts are at most 2 from the truth", "somebody who crosses")
}

func TestLeaves(t *testing.T) {
	s := set(t)
	sent := map[string]int{"arp": 1, "udp to 192.0.2.1:123": 2}
	s.rig.TheNetwork = network{sent: sent}
	s.bad("check nothing but what has to leaves", "nothing to its collector")
	sent["tcp to 192.0.2.100:8443"] = 9
	s.good("check nothing but what has to leaves")
	sent["udp to 192.0.2.1:53"] = 1
	s.bad("check nothing but what has to leaves", "udp to 192.0.2.1:53")
}

func TestInterrupted(t *testing.T) {
	s := set(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for _, step := range Steps() {
		if !strings.Contains(step.Pattern, "within") {
			continue
		}
		began := time.Now()
		_, err := step.Do(ctx, s.Scene, bench.Args{Texts: []string{"x"}, Numbers: []int{3}, Durations: []time.Duration{time.Minute}})
		if step.Pattern != "the camera has no power within {duration}" && err == nil || time.Since(began) > 5*time.Second {
			t.Errorf("%s: %v after %v", step.Pattern, err, time.Since(began))
		}
	}
}

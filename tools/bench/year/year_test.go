package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tellijn/privacy/devicelog"
	"tellijn/tools/bench/year/course"
)

// TestYear goes through the whole year at each place, with longer ticks than by hand. Every opening and closing
// that the wall clock plans is made once, and no other.
func TestYear(t *testing.T) {
	if raceDetector {
		t.Skip("one goroutine that computes for long: not with the race detector")
	}
	tick := 10 * time.Second
	for _, s := range sites() {
		y, err := course.Run(&s, 365, tick, 7)
		if err != nil {
			t.Fatal(err)
		}
		j := y.Judge()
		if j.Missed+j.Extra != 0 || j.Planned < 300 || j.Opened != j.Planned || j.Closed != j.Planned {
			t.Errorf("%s: %+v", s.Name, j)
		}
		// A clock that is up to three seconds wrong, two ticks to end in order; on the day of a power cut three minutes.
		if most := 3*tick + 5*time.Second; y.Delay > most || y.Beyond > most {
			t.Errorf("%s: turned %v late, %v beyond the hours", s.Name, y.Delay, y.Beyond)
		}
		if len(y.Scenes) != 1 || y.Eyes < j.Planned || s.Trouble != (y.Eyes > j.Planned+100) || s.Trouble != (y.Cuts == 12) {
			t.Errorf("%s: %d scenes, %d eyes, %d cuts", s.Name, len(y.Scenes), y.Eyes, y.Cuts)
		}
		if y.Events[devicelog.PowerOn] != j.Opened || y.Events[devicelog.GateOpened] != j.Opened || y.Events[devicelog.Approval] != 1+y.Cuts {
			t.Errorf("%s: %v", s.Name, y.Events)
		}
	}
}

// TestJudge finds turns that are missing, too many, or made without hours.
func TestJudge(t *testing.T) {
	s := sites()[0]
	y, err := course.Run(&s, 14, 10*time.Second, 1)
	if err != nil {
		t.Fatal(err)
	}
	if j := y.Judge(); j.Planned != 14 || j.Missed+j.Extra != 0 {
		t.Fatalf("%+v", j)
	}
	for day := range y.Opened {
		y.Opened[day]--
		break
	}
	y.Closed["2026-12-06"] = 1 // a Sunday
	if j := y.Judge(); j.Missed != 1 || j.Extra != 1 {
		t.Errorf("%+v", j)
	}
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out, 8, time.Minute, 1, t.TempDir()+"/y.png"); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n"); n != len(sites())+3 {
		t.Errorf("%d lines\n%s", n, out.String())
	}
}

package course

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"tellijn/boards"
	"tellijn/boards/plan"
	"tellijn/firmware/config"
	"tellijn/firmware/warden/gate"
	"tellijn/hal/power/simpower"
	"tellijn/privacy/approval"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/sign"
)

// begin sets a device up: a real board's hours and lines, approved for the year by a key of its own, on a board
// whose camera is drawn.
func begin(s *Site, days int, seed uint64) (*run, error) {
	b, err := boards.Lookup("sim")
	if err != nil {
		return nil, err
	}
	key := sign.NewKey([32]byte{1})
	text := fmt.Sprintf("device = \"door\"\n[release]\nzone = %q\n[hours]\nopen = [\"%s\"]\nclosed = [%s]\n[approval]\nsigner = %q\n", s.Zone, strings.Join(s.Open, `", "`), quoted(s.Closed), key.Public())
	if err := config.Apply(s.Name, text, &b); err != nil {
		return nil, err
	}
	g, err := gate.Of(&b, nil)
	if err != nil {
		return nil, err
	}
	a := approval.Approval{Version: approval.Version, Decision: "1", Purpose: "A year", Devices: []string{"door"}, From: first(g.Place).Unix(), Until: first(g.Place).AddDate(1, 0, 0).Unix(),
		Hours: gate.Form(b.Week, s.Zone), Scene: approval.SceneOf(&b.Scene), K: 3, Interval: 900, Assessment: "1"}
	r := &run{board: b, rng: rand.New(rand.NewPCG(seed, 1)), cut: 20*24*time.Hour + 3*time.Hour, right: 12 * time.Hour}
	if r.signed, err = approval.Seal(key, &a); err != nil {
		return nil, err
	}
	r.sw = simpower.New(func() time.Duration { return r.now })
	r.y = &Year{Site: s, Place: g.Place, Hours: gate.Hours{Week: b.Week, Place: g.Place}, From: first(g.Place), Days: days, Scenes: map[[32]byte]bool{}, Events: map[devicelog.Kind]int{},
		Planned: map[string]int{}, Opened: map[string]int{}, Closed: map[string]int{}}
	return r, nil
}

func quoted(all []string) string {
	var out []string
	for _, s := range all {
		out = append(out, fmt.Sprintf("%q", s))
	}
	return strings.Join(out, ", ")
}

// plan looks at the wall clock minute by minute, without anything of the gate, for what was to be switched, and
// compares.
func (y *Year) plan() {
	end := y.From.Add(time.Duration(y.Days) * 24 * time.Hour)
	met := map[string]bool{} // spans of days
	inside := func(t time.Time) (key string, ok bool) {
		wall := t.In(y.Place)
		d, m := wall.Format(time.DateOnly), wall.Hour()*60+wall.Minute()
		if slices.ContainsFunc(y.Hours.Week.Closed, func(c plan.Date) bool { return c.String() == d }) {
			return "", false
		}
		for i, s := range y.Hours.Week.Days[wall.Weekday()] {
			if m >= s.From && m < s.To {
				return fmt.Sprintf("%s %d", d, i), true
			}
		}
		return "", false
	}
	at, lit, was := 0, false, false
	for t := y.From; t.Before(end); t = t.Add(time.Minute) {
		key, in := inside(t)
		if in && !met[key] {
			met[key] = true
			if !was { // or it goes on from another span, as over an hour that is left out
				y.Planned[key[:len(time.DateOnly)]]++
			}
		}
		was = in
		// Power without hours, minute by minute.
		for at < len(y.Turns) && !y.Turns[at].At.After(t) {
			lit, at = y.Turns[at].On, at+1
		}
		if lit && !in {
			since := y.Turns[at-1].At
			if off := at; off < len(y.Turns) {
				since = y.Turns[off].At
			}
			y.Beyond = max(y.Beyond, since.Sub(t))
		}
	}
	for _, u := range y.Turns {
		day := u.At.In(y.Place)
		if u.On {
			y.Opened[day.Format(time.DateOnly)]++
			if _, in := inside(u.At); !in { // a clock that is fast
				y.Beyond = max(y.Beyond, u.At.Truncate(time.Minute).Add(time.Minute).Sub(u.At))
			}
			y.Delay = max(y.Delay, y.since(u.At, true, inside))
			continue
		}
		// What ends at midnight belongs to the day before.
		y.Closed[day.Add(-time.Minute).Format(time.DateOnly)]++
		y.Delay = max(y.Delay, y.since(u.At, false, inside))
	}
}

// since is how long after the planned turn this one came.
func (y *Year) since(at time.Time, on bool, inside func(time.Time) (string, bool)) time.Duration {
	for t := at.Truncate(time.Minute); at.Sub(t) < 5*time.Minute; t = t.Add(-time.Minute) {
		_, in := inside(t)
		_, before := inside(t.Add(-time.Minute))
		if in == on && before != on {
			return at.Sub(t)
		}
	}
	return 0 // not by the hours: a power cut
}

// Judged is what is wrong with a year.
type Judged struct{ Planned, Opened, Closed, Missed, Extra int }

// Judge compares day by day.
func (y *Year) Judge() (j Judged) {
	days := map[string]bool{}
	for _, all := range []map[string]int{y.Planned, y.Opened, y.Closed} {
		for d := range all {
			days[d] = true
		}
	}
	for d := range days {
		p, o, c := y.Planned[d], y.Opened[d], y.Closed[d]
		j.Planned, j.Opened, j.Closed = j.Planned+p, j.Opened+o, j.Closed+c
		j.Missed += max(p-o, 0) + max(p-c, 0)
		j.Extra += max(o-p, 0) + max(c-p, 0)
	}
	return j
}

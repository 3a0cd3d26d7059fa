// Package report says what the collector has, to people and to their programs: how each device does, the
// records as rows, the signed messages as they came, and whether all of it is still what was signed. It
// changes nothing, and shows no count of a device that is silent as if it were news. Pages, feeds and
// integrations for other systems would stand beside it and read tools/collector/store the same way.
package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/record"
	"tellijn/tools/collector/intake"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store"
)

// usual is the interval of a device that has sent no record yet.
const usual = 15 * time.Minute

// Standing is how one device does.
type Standing struct {
	Device    string            `json:"device"`
	Room      string            `json:"room,omitempty"`
	Head      bool              `json:"head,omitempty"`
	Simulated bool              `json:"simulated,omitempty"`
	State     string            `json:"state"` // reports, behind, stale, silent (never heard), revoked, unknown (Doubt)
	Seen      *time.Time        `json:"seen,omitempty"`
	Newest    *time.Time        `json:"newest_record_to,omitempty"`
	Inside    []string          `json:"inside,omitempty"` // by line; only while it reports
	Records   uint64            `json:"records"`
	Missing   uint64            `json:"missing"` // records that never came, of boots of which some came
	Gaps      int               `json:"gaps"`    // boots that go on from a record that never came
	Lost      uint32            `json:"lost"`    // records that the device says it pushed out unsent
	Waiting   uint64            `json:"waiting"` // items in the device's queue
	Forks     uint64            `json:"forks"`
	Late      uint64            `json:"late"`
	Again     uint64            `json:"again"`
	Refused   map[string]uint64 `json:"refused,omitempty"`
	Alarms    map[string]uint64 `json:"alarms,omitempty"`
	LogWhole  uint32            `json:"log_verified_to"`
	LogLast   uint32            `json:"log_newest"`
	Clock     string            `json:"collector_clock,omitempty"` // what is wrong with the collector's own
}

// Doubt says in all standings what is wrong with the collector's clock. While it is not believed nobody
// knows how old anything is.
func Doubt(all []Standing, why string, doubted bool) {
	for i := range all {
		all[i].Clock = why
		if s := &all[i]; doubted && s.State != "revoked" && s.State != "silent" {
			s.State, s.Inside = "unknown", nil
		}
	}
}

// Status gives how all devices do, in order of their names.
func Status(r store.Reader, devices []register.Device, now time.Time) ([]Standing, error) {
	all := []Standing{}
	for i := range devices {
		s, err := standing(r, &devices[i], now)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func standing(r store.Reader, d *register.Device, now time.Time) (s Standing, err error) {
	s = Standing{Device: d.Name, Room: d.Room, Head: d.Head, Simulated: d.Simulated, State: "silent",
		Refused: map[string]uint64{}, Alarms: map[string]uint64{}}
	st, err := r.State(d.Name)
	if err != nil {
		return s, err
	}
	s.Waiting, s.Late, s.Again = st.Waiting, st.Late, st.Again
	for i, n := range st.Refused {
		if n > 0 {
			s.Refused[batch.Reason(i).String()] = n
		}
	}
	for _, a := range intake.Alarms() {
		if c := st.Alarms[uint8(a)]; c.Times > 0 {
			s.Alarms[a.String()] = c.Times
		}
	}
	s.Forks = st.Alarms[uint8(intake.Forked)].Times
	if err := s.chains(r, d); err != nil {
		return s, err
	}
	if st.Seen.IsZero() {
		return s.revoked(d), nil
	}
	s.Seen = &st.Seen
	err = s.fresh(r, d, &st, now)
	return s, err
}

func (s Standing) revoked(d *register.Device) Standing {
	if d.Revoked {
		s.State = "revoked"
	}
	return s
}

// chains sums up what came and what is missing.
func (s *Standing) chains(r store.Reader, d *register.Device) error {
	boots, err := ordered(r, d.Name, batch.Record)
	if err != nil {
		return err
	}
	for _, c := range boots {
		s.Records += uint64(c.Count)
		if c.Count > 0 {
			s.Missing += uint64(c.Last) + 1 - uint64(c.Count)
		}
		if ok, err := joined(r, d.Name, &c, boots); err != nil {
			return err
		} else if !ok {
			s.Gaps++
		}
	}
	if len(d.Keys) == 0 {
		return nil
	}
	key, err := d.Key()
	if err != nil {
		return err
	}
	log, _, err := r.Chain(d.Name, batch.Log, intake.LogScope(key.ID()))
	s.LogWhole, s.LogLast = log.Whole, max(log.Last, log.Claimed)
	return err
}

// fresh tells whether the device reports, and only then how many are inside.
func (s *Standing) fresh(r store.Reader, d *register.Device, st *store.State, now time.Time) error {
	s.State = "reports"
	interval := usual
	var newest record.Record
	it, ok, err := r.Item(d.Name, st.Newest)
	if err != nil {
		return err
	}
	if ok {
		if newest, err = intake.OpenRecord(d, &it); err != nil {
			return err
		}
		interval = time.Duration(newest.Interval) * time.Second
		c, _, err := r.Chain(d.Name, batch.Record, it.Scope)
		if err != nil {
			return err
		}
		_, to, corrected := intake.Times(&newest, &c)
		if newest.Clock != record.ClockUnknown || corrected {
			at := time.Unix(to, 0).UTC()
			s.Newest = &at
		}
		s.Lost = newest.Lost
	}
	switch old := intake.Intervals * interval; {
	case d.Revoked:
		s.State = "revoked"
	case now.Sub(st.Seen) > old:
		s.State = "stale"
	case !ok:
		s.State = "no record yet"
	case !newest.Simulated && (s.Newest == nil || now.Sub(*s.Newest) > old):
		s.State = "behind"
	default:
		for _, l := range newest.Lines {
			s.Inside = append(s.Inside, Inside(l.Level, newest.Rule))
		}
	}
	return nil
}

// Inside says a released level as people read it: it stands for L to L + 2k - 2, and 0 for a room that
// may be empty. Of a door whose counts went to its head it says nothing.
func Inside(level uint32, rule record.Rule) string {
	switch {
	case rule.Mode == record.ModeMember:
		return ""
	case level == 0:
		return fmt.Sprintf("0-%d", 2*uint32(rule.K)-2)
	}
	return fmt.Sprint(level + uint32(rule.K) - 1)
}

// Text writes standings as a table, with a line for each thing that somebody should look at.
func Text(w io.Writer, all []Standing, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "DEVICE\tROOM\tSTATE\tSEEN\tNEWEST RECORD\tINSIDE\tRECORDS\tMISSING\tLATE\tREFUSED\tFORKS\tLOG")
	for _, s := range all {
		inside := strings.Join(s.Inside, " ")
		if s.State == "stale" || s.State == "behind" || s.State == "unknown" {
			inside = "not known"
		}
		refused := uint64(0)
		for _, n := range s.Refused {
			refused += n
		}
		missing := fmt.Sprint(s.Missing)
		if s.Gaps > 0 {
			missing = fmt.Sprintf("%d and more", s.Missing+uint64(s.Gaps))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%d\t%d\t%d\tverified to %d of %d\n", s.Device, dash(s.Room), s.State,
			ago(s.Seen, now), stamp(s.Newest), dash(inside), s.Records, missing, s.Late, refused, s.Forks, s.LogWhole, s.LogLast)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, s := range all {
		for _, line := range s.words() {
			if _, err := fmt.Fprintf(w, "%s: %s\n", s.Device, line); err != nil {
				return err
			}
		}
	}
	return nil
}

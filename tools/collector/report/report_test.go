package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"tellijn/counting/tally"
	"tellijn/privacy/batch"
	"tellijn/privacy/layers"
	"tellijn/privacy/record"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/enrol"
	"tellijn/tools/collector/intake"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/report"
	"tellijn/tools/collector/store"
)

func devices(t *testing.T, c *collectortest.Collector) []register.Device {
	t.Helper()
	all, err := c.Reg.Devices()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func status(t *testing.T, c *collectortest.Collector, device string) (s report.Standing, text string) {
	t.Helper()
	err := c.Bolt.View(func(r store.Reader) error {
		all, err := report.Status(r, devices(t, c), c.At)
		for _, one := range all {
			if one.Device == device {
				s = one
			}
		}
		var b strings.Builder
		text = ""
		if err == nil {
			err = report.Text(&b, all, c.At)
			text = b.String()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, text
}

func out(t *testing.T, c *collectortest.Collector, f func(io.Writer, store.Reader) error) string {
	t.Helper()
	var b strings.Builder
	if err := c.Bolt.View(func(r store.Reader) error { return f(&b, r) }); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func start(t *testing.T) (*collectortest.Collector, *collectortest.Device) {
	c, d := collectortest.New(t), collectortest.NewDevice(t, "door", collectortest.Start())
	c.Enrol(d, false)
	return c, d
}

// A device that is silent is called so, and its last count is not shown.
func TestStates(t *testing.T) {
	c, d := start(t)
	expect := func(state string, inside string) {
		t.Helper()
		s, text := status(t, c, "door")
		if s.State != state || strings.Join(s.Inside, " ") != inside || !strings.Contains(text, state) {
			t.Errorf("%q, inside %q, want %q, %q\n%s", s.State, s.Inside, state, inside, text)
		}
	}
	expect("silent", "")
	c.Take(d, d.Entry())
	expect("no record yet", "")
	c.Take(d, d.Record(nil))
	expect("reports", "5") // level 3 stands for 3 to 7
	c.Take(d, d.Record(func(r *record.Record) { r.Lines[0].Level, r.Lines[0].Forward = 0, 0 }))
	expect("reports", "0-4")
	c.At = c.At.Add(2 * collectortest.Interval)
	expect("reports", "0-4")
	c.At = c.At.Add(time.Second)
	expect("stale", "")
	if _, text := status(t, c, "door"); strings.Contains(text, "0-4") || !strings.Contains(text, "not known") {
		t.Error(text)
	}
	c.Open(d.Pack(d.Record(nil))) // an old one, now
	c.At = c.At.Add(3 * collectortest.Interval)
	c.Open(d.Pack())
	expect("behind", "")
	if err := enrol.Revoke(c.Dir, "door", c.At); err != nil {
		t.Fatal(err)
	}
	expect("revoked", "")
}

// While the collector does not believe its clock, nothing is shown as news.
func TestDoubt(t *testing.T) {
	c, d := start(t)
	c.Take(d, d.Record(nil))
	silent := collectortest.NewDevice(t, "silent", c.At)
	c.Enrol(silent, false)
	for _, doubted := range []bool{false, true} {
		var all []report.Standing
		_ = c.Bolt.View(func(r store.Reader) (err error) { all, err = report.Status(r, devices(t, c), c.At); return err })
		report.Doubt(all, "why", doubted)
		var text strings.Builder
		if err := report.Text(&text, all, c.At); err != nil || len(all) != 2 {
			t.Fatal(err, all)
		}
		if all[0].Clock != "why" || all[1].State != "silent" || (all[0].State == "unknown") != doubted || (all[0].Inside == nil) != doubted || strings.Contains(text.String(), "not known") != doubted {
			t.Errorf("doubted %v: %+v\n%s", doubted, all, text.String())
		}
	}
}

func TestInside(t *testing.T) {
	for _, tc := range []struct {
		level uint32
		rule  record.Rule
		want  string
	}{{0, record.Rule{K: 3}, "0-4"}, {3, record.Rule{K: 3}, "5"}, {12, record.Rule{K: 6}, "17"}, {0, record.Rule{K: 6}, "0-10"},
		{0, record.Rule{K: 3, Mode: record.ModeMember}, ""}, {9, record.Rule{K: 3, Mode: record.ModeAlone}, "11"}} {
		if got := report.Inside(tc.level, tc.rule); got != tc.want {
			t.Errorf("%d, %+v: %q, want %q", tc.level, tc.rule, got, tc.want)
		}
	}
}

// What is missing is counted in status, marked in the export and said by verify, all the same, and comes
// back to nothing when it arrives after all.
func TestGaps(t *testing.T) {
	c, d := start(t)
	all := [][]byte{d.Record(nil), d.Record(nil), d.Record(nil), d.Record(nil), d.Record(nil)}
	d.Reboot()
	all = append(all, d.Record(nil), d.Record(nil))
	c.Take(d, all[0], all[3], all[5], all[6]) // 1 and 2 are missing, and 4, at the end of its boot
	gaps := func() (marks []string, missing uint64) {
		var v report.Verdict
		text := out(t, c, func(w io.Writer, r store.Reader) (err error) { v, err = report.Verify(w, r, devices(t, c)); return err })
		if v.Faults != 0 {
			t.Error(text)
		}
		_ = c.Bolt.View(func(r store.Reader) error {
			return report.Rows(r, devices(t, c), report.Which{}, func(row *report.Row) error { marks = append(marks, row.GapBefore); return nil })
		})
		return marks, v.Missing
	}
	marks, missing := gaps()
	s, text := status(t, c, "door")
	if strings.Join(marks, " ") != "0 2 some 0" || missing != 3 || s.Missing != 2 || s.Gaps != 1 || !strings.Contains(text, "3 and more") {
		t.Errorf("%v, verify says %d, %+v\n%s", marks, missing, s, text)
	}
	c.Take(d, all[4], all[1], all[2])
	marks, missing = gaps()
	if s, _ = status(t, c, "door"); strings.Join(marks, " ") != "0 0 0 0 0 0 0" || missing != 0 || s.Missing+uint64(s.Gaps) != 0 || s.Records != 7 {
		t.Errorf("%v, verify says %d, %+v", marks, missing, s)
	}
	// What has expired is not missing.
	c.Until(c.At.Add(c.Keep + time.Hour))
	if n, err := c.Sweep(); n != 7 || err != nil {
		t.Fatal(n, err)
	}
	d.At = c.At
	c.Take(d, d.Record(nil))
	marks, missing = gaps()
	if s, _ = status(t, c, "door"); strings.Join(marks, " ") != "0" || missing != 0 || s.Missing+uint64(s.Gaps) != 0 {
		t.Errorf("%v, verify says %d, %+v", marks, missing, s)
	}
}

func TestExport(t *testing.T) {
	c, d := start(t)
	d.Record(nil)
	d.Reboot()
	wrong := func(r *record.Record) { r.Clock, r.From, r.To = record.ClockUnknown, r.From-1e6, r.To-1e6 }
	first := d.Record(wrong)
	second := d.Record(func(r *record.Record) {
		r.Lines = append(r.Lines, record.Line{Backward: 6, CorrectedForward: 1, CorrectedBackward: 2, Level: 9, TotalForward: 70, TotalBackward: 80})
		r.Quality, r.Zones, r.Coverage, r.Lost = tally.Crowded|record.Lacking(layers.All&^layers.Secret), []uint16{0, 4}, 93, 5
	})
	c.Take(d, first, second)
	c.At = d.At.Add(3 * time.Hour)
	c.Open(d.Pack(d.Record(nil)))
	text := out(t, c, func(w io.Writer, r store.Reader) error { return report.CSV(w, r, devices(t, c), report.Which{}) })
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v\n%s", len(rows), err, text)
	}
	cell := func(row int, name string) string {
		for i, n := range rows[0] {
			if n == name {
				return rows[row][i]
			}
		}
		t.Fatalf("no column %q", name)
		return ""
	}
	base := collectortest.Start().Add(2 * collectortest.Interval)
	for _, want := range []struct {
		row         int
		name, value string
	}{
		{1, "device", "door"}, {1, "to", base.Format(time.RFC3339)}, {1, "from", base.Add(-collectortest.Interval).Format(time.RFC3339)},
		{1, "to_as_signed", base.Add(-1e6 * time.Second).Format(time.RFC3339)}, {1, "time_corrected", "true"}, {1, "clock", "unknown"},
		{1, "gap_before", "some"}, {1, "in", "3"}, {1, "late", "false"}, {2, "time_corrected", "false"}, {2, "clock", "known"}, {2, "line", "0"},
		{3, "line", "1"}, {3, "in", "0"}, {3, "out", "6"}, {3, "corrected_in", "1"}, {3, "corrected_out", "2"}, {3, "level", "9"}, {3, "inside", "11"},
		{3, "total_in", "70"}, {3, "total_out", "80"}, {3, "zones", "0 4"}, {3, "quality", "crowded, without secret carry"}, {3, "coverage_percent", "93"},
		{3, "lost", "5"}, {3, "mode", "door"}, {3, "k", "3"}, {3, "simulated", "false"}, {3, "sequence", "1"}, {4, "late", "true"}, {4, "ahead", "false"}, {4, "gap_before", "0"},
		{4, "arrived", c.At.Format(time.RFC3339)},
	} {
		if got := cell(want.row, want.name); got != want.value {
			t.Errorf("row %d, %s: %q, want %q", want.row, want.name, got, want.value)
		}
	}
	early := d.Record(func(r *record.Record) { r.From, r.To = r.From+1e6, r.To+1e6 })
	c.Open(d.Pack(early))
	n := 0
	_ = c.Bolt.View(func(r store.Reader) error {
		return report.Rows(r, devices(t, c), report.Which{From: base.Add(5e5 * time.Second)}, func(row *report.Row) error {
			if n++; !row.Ahead || row.Late {
				t.Errorf("%+v", row)
			}
			return nil
		})
	})
	if n != 1 {
		t.Errorf("%d records of a time that had not come", n)
	}
	// JSON has the same rows, with the same names.
	text = out(t, c, func(w io.Writer, r store.Reader) error { return report.JSON(w, r, devices(t, c), report.Which{}) })
	var objects []map[string]any
	if err := json.Unmarshal([]byte(text), &objects); err != nil || len(objects) != 5 {
		t.Fatal(err, text)
	}
	for _, name := range rows[0] {
		if _, ok := objects[0][name]; !ok {
			t.Errorf("JSON has no %q", name)
		}
	}
	if len(objects[0]) != len(rows[0]) || objects[2]["total_out"] != 80.0 || strconv.FormatBool(objects[0]["time_corrected"].(bool)) != cell(1, "time_corrected") {
		t.Error(objects)
	}
	// Bounds go by the times put right.
	for _, tc := range []struct {
		which report.Which
		want  int
	}{{report.Which{Device: "door"}, 5}, {report.Which{Device: "other"}, 0}, {report.Which{To: base}, 0}, {report.Which{To: base.Add(1)}, 1}, {report.Which{From: base}, 5}, {report.Which{From: base.Add(1)}, 4}} {
		n := 0
		_ = c.Bolt.View(func(r store.Reader) error {
			return report.Rows(r, devices(t, c), tc.which, func(*report.Row) error { n++; return nil })
		})
		if n != tc.want {
			t.Errorf("%+v: %d rows, want %d", tc.which, n, tc.want)
		}
	}
	if s := out(t, c, func(w io.Writer, r store.Reader) error { return report.JSON(w, r, nil, report.Which{}) }); s != "[]\n" {
		t.Errorf("%q", s)
	}
}

// Boots are told in the order in which they were, not in which they came.
func TestOrder(t *testing.T) {
	c, d := start(t)
	var all [][]byte
	for range 4 {
		all = append(all, d.Record(nil), d.Record(nil))
		d.Reboot()
	}
	for _, i := range []int{6, 4, 5, 2, 0, 7, 3, 1} {
		c.Take(d, all[i])
		c.At = c.At.Add(time.Second)
	}
	text := out(t, c, func(w io.Writer, r store.Reader) error { return report.Raw(w, r, devices(t, c), "") })
	if text != string(bytes.Join(all, nil)) {
		t.Error("not in order")
	}
	if s, _ := status(t, c, "door"); s.Missing != 0 || s.Gaps != 0 {
		t.Errorf("%+v", s)
	}
}

func TestRaw(t *testing.T) {
	c, d := start(t)
	e, a := d.Entry(), d.Record(nil)
	d.Reboot()
	all := [][]byte{a, d.Record(nil), e, d.Entry()}
	c.Take(d, all...)
	text := out(t, c, func(w io.Writer, r store.Reader) error { return report.Raw(w, r, devices(t, c), "") })
	if text != string(bytes.Join(all, nil)) {
		t.Error("not the messages as they came, records first, in order")
	}
	dec := cbor.NewDecoder(strings.NewReader(text))
	n := 0
	for ; ; n++ {
		var m cbor.RawMessage
		if err := dec.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil || !bytes.Equal(m, all[n]) {
			t.Fatal(n, err)
		}
	}
	if n != len(all) {
		t.Errorf("%d messages", n)
	}
}

// Somebody who can write to the store changes it; verify says so. What was noted when things came is
// changed along, so that it is no help.
func TestVerify(t *testing.T) {
	says := map[string]string{"edited": "record 1 of", "in another place": "record 2 of", "another signed by the same key": "does not follow",
		"of another device": "is not what was signed", "the last one forgotten": "which should have 4 up to 3", "an edited log": "speaks of another log"}
	for name, change := range map[string]func(w store.Writer, d *collectortest.Device, its map[uint32]store.Item) error{
		"edited": func(w store.Writer, d *collectortest.Device, its map[uint32]store.Item) error {
			it := its[1]
			it.Signed[len(it.Signed)/2] ^= 1
			return w.Put("door", it)
		},
		"in another place": func(w store.Writer, d *collectortest.Device, its map[uint32]store.Item) error {
			a, b := its[1], its[2]
			a.Signed, b.Signed = b.Signed, a.Signed
			return errors.Join(w.Put("door", a), w.Put("door", b))
		},
		"another signed by the same key": func(w store.Writer, d *collectortest.Device, its map[uint32]store.Item) error {
			twin := collectortest.NewDevice(t, "door", collectortest.Start())
			twin.Entry()
			twin.Record(nil)
			it := its[1]
			it.Signed = twin.Record(func(r *record.Record) { r.Coverage = 1 })
			return w.Put("door", it)
		},
		"of another device": func(w store.Writer, d *collectortest.Device, its map[uint32]store.Item) error {
			it := its[1]
			twin := collectortest.NewDevice(t, "door", collectortest.Start())
			twin.Record(nil)
			it.Signed = twin.Record(func(r *record.Record) { r.Device = "other" })
			return w.Put("door", it)
		},
		"the last one forgotten": func(w store.Writer, d *collectortest.Device, its map[uint32]store.Item) error {
			c, _, err := w.Chain("door", batch.Record, its[0].Scope)
			c.Last++
			c.Count++
			return errors.Join(err, w.PutChain("door", batch.Record, c))
		},
		"an edited log": func(w store.Writer, d *collectortest.Device, its map[uint32]store.Item) error {
			it, _, err := w.Item("door", store.ID{Kind: batch.Log, Scope: intake.LogScope(d.Key.Public().ID()), Number: 1})
			twin := collectortest.NewDevice(t, "door", collectortest.Start().Add(time.Hour))
			it.Signed = twin.Entry()
			return errors.Join(err, w.Put("door", it))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, d := start(t)
			c.Take(d, d.Entry(), d.Record(nil), d.Record(nil), d.Record(nil))
			verify := func() (v report.Verdict, text string) {
				text = out(t, c, func(w io.Writer, r store.Reader) (err error) { v, err = report.Verify(w, r, devices(t, c)); return err })
				return v, text
			}
			if v, text := verify(); v.Faults != 0 || v.Records != 3 || v.Entries != 1 || v.Missing != 0 || text != "" {
				t.Fatalf("before: %+v\n%s", v, text)
			}
			err := c.Bolt.Update(func(w store.Writer) error {
				its := map[uint32]store.Item{}
				chains, err := w.Chains("door", batch.Record)
				if err != nil {
					return err
				}
				err = w.Boot("door", batch.Record, chains[0].Scope, func(it store.Item) error { its[it.Number] = it; return nil })
				return errors.Join(err, change(w, d, its))
			})
			if err != nil {
				t.Fatal(err)
			}
			if v, text := verify(); v.Faults == 0 || !strings.Contains(text, says[name]) || says[name] == "" || name == "in another place" && strings.Count(text, "not what was signed") != 2 {
				t.Errorf("after: %+v\n%s", v, text)
			}
		})
	}
}

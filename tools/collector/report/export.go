package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/record"
	"tellijn/tools/collector/intake"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store"
)

// Which says what to export.
type Which struct {
	Device   string    // "" for all
	From, To time.Time // of the ends of intervals, put right; zero for no bound
}

// Row is one line of one record.
type Row struct {
	Device       string    `json:"device"`
	Room         string    `json:"room"`
	Line         int       `json:"line"` // from 0, in the order of the device's configuration
	From         time.Time `json:"from"` // put right, where Corrected says so
	To           time.Time `json:"to"`
	In           uint32    `json:"in"`  // forward over the line
	Out          uint32    `json:"out"` // backward
	CorrectedIn  uint32    `json:"corrected_in"`
	CorrectedOut uint32    `json:"corrected_out"`
	Level        uint32    `json:"level"`
	Inside       string    `json:"inside"` // what the level stands for
	TotalIn      uint32    `json:"total_in"`
	TotalOut     uint32    `json:"total_out"`
	Zones        []uint16  `json:"zones"`
	Mode         string    `json:"mode"`
	K            uint8     `json:"k"`
	Heard        uint8     `json:"doors_heard"`
	Doors        uint8     `json:"doors"`
	Coverage     uint8     `json:"coverage_percent"`
	Quality      string    `json:"quality"`
	Late         bool      `json:"late"`
	Ahead        bool      `json:"ahead"`      // it came long before its own time: a clock is wrong
	GapBefore    string    `json:"gap_before"` // records missing before this one; "some" if nobody knows how many
	Lost         uint32    `json:"lost"`
	Clock        string    `json:"clock"`
	Corrected    bool      `json:"time_corrected"`
	FromSaid     time.Time `json:"from_as_signed"`
	ToSaid       time.Time `json:"to_as_signed"`
	Arrived      time.Time `json:"arrived"`
	Boot         string    `json:"boot"`
	Sequence     uint32    `json:"sequence"`
	Simulated    bool      `json:"simulated"`
}

// Rows calls f for each line of each record, device by device, boot by boot.
func Rows(r store.Reader, devices []register.Device, which Which, f func(*Row) error) error {
	for i := range devices {
		d := &devices[i]
		if which.Device != "" && which.Device != d.Name {
			continue
		}
		err := records(r, d, func(it *store.Item, rec *record.Record, c *store.Chain, gap string) error {
			row := row(it, rec, c, gap)
			row.Room = d.Room
			if !which.From.IsZero() && row.To.Before(which.From) || !which.To.IsZero() && !row.To.Before(which.To) {
				return nil
			}
			for n, l := range rec.Lines {
				row.Line, row.In, row.Out = n, l.Forward, l.Backward
				row.CorrectedIn, row.CorrectedOut = l.CorrectedForward, l.CorrectedBackward
				row.Level, row.Inside = l.Level, Inside(l.Level, rec.Rule)
				row.TotalIn, row.TotalOut = l.TotalForward, l.TotalBackward
				if err := f(&row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func row(it *store.Item, rec *record.Record, c *store.Chain, gap string) Row {
	from, to, corrected := intake.Times(rec, c)
	return Row{
		Device: rec.Device, From: unix(from), To: unix(to), Zones: rec.Zones, Mode: mode(rec.Rule.Mode), K: rec.Rule.K,
		Heard: rec.Rule.Heard, Doors: rec.Rule.Doors, Coverage: rec.Coverage, Quality: Quality(rec), Late: it.Late, Ahead: intake.TooEarly(rec, it.Arrived),
		GapBefore: gap, Lost: rec.Lost, Clock: clock(rec.Clock), Corrected: corrected, FromSaid: unix(rec.From),
		ToSaid: unix(rec.To), Arrived: it.Arrived, Boot: fmt.Sprintf("%x", rec.Boot), Sequence: rec.Sequence, Simulated: rec.Simulated,
	}
}

func unix(s int64) time.Time { return time.Unix(s, 0).UTC() }

// records calls f for each record of a device, with what is missing before it.
func records(r store.Reader, d *register.Device, f func(it *store.Item, rec *record.Record, c *store.Chain, gap string) error) error {
	boots, err := ordered(r, d.Name, batch.Record)
	if err != nil {
		return err
	}
	for i := range boots {
		c := &boots[i]
		whole, err := joined(r, d.Name, c, boots)
		if err != nil {
			return err
		}
		next := c.Gone
		err = r.Boot(d.Name, batch.Record, c.Scope, func(it store.Item) error {
			rec, err := intake.OpenRecord(d, &it)
			if err != nil {
				return fmt.Errorf("report: record %d of boot %x: %w; hint: collector verify", it.Number, it.Scope, err)
			}
			gap := strconv.FormatInt(max(0, int64(it.Number)-int64(next)), 10)
			if it.Number == 0 && !whole {
				gap = "some"
			}
			next = it.Number + 1
			return f(&it, &rec, c, gap)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// columns of CSV, in the order of Row.
func columns() []string {
	return strings.Fields(`device room line from to in out corrected_in corrected_out level inside total_in total_out zones mode k
		doors_heard doors coverage_percent quality late ahead gap_before lost clock time_corrected from_as_signed to_as_signed arrived
		boot sequence simulated`)
}

func (r *Row) cells() []string {
	n := func(v uint32) string { return strconv.FormatUint(uint64(v), 10) }
	at := func(t time.Time) string { return t.Format(time.RFC3339) }
	zones := strings.Trim(fmt.Sprint(r.Zones), "[]")
	return []string{r.Device, r.Room, strconv.Itoa(r.Line), at(r.From), at(r.To), n(r.In), n(r.Out), n(r.CorrectedIn), n(r.CorrectedOut),
		n(r.Level), r.Inside, n(r.TotalIn), n(r.TotalOut), zones, r.Mode, n(uint32(r.K)), n(uint32(r.Heard)), n(uint32(r.Doors)),
		n(uint32(r.Coverage)), r.Quality, strconv.FormatBool(r.Late), strconv.FormatBool(r.Ahead), r.GapBefore, n(r.Lost), r.Clock, strconv.FormatBool(r.Corrected),
		at(r.FromSaid), at(r.ToSaid), at(r.Arrived), r.Boot, n(r.Sequence), strconv.FormatBool(r.Simulated)}
}

// CSV writes rows with a header (RFC 4180).
func CSV(w io.Writer, r store.Reader, devices []register.Device, which Which) error {
	out := csv.NewWriter(w)
	if err := out.Write(columns()); err != nil {
		return err
	}
	if err := Rows(r, devices, which, func(row *Row) error { return out.Write(row.cells()) }); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// JSON writes rows as one array, an object a line.
func JSON(w io.Writer, r store.Reader, devices []register.Device, which Which) error {
	before := "[\n"
	err := Rows(r, devices, which, func(row *Row) error {
		b, err := json.Marshal(row)
		if err == nil {
			_, err = fmt.Fprintf(w, "%s%s", before, b)
		}
		before = ",\n"
		return err
	})
	if err != nil {
		return err
	}
	if before == "[\n" {
		_, err = io.WriteString(w, "[]\n")
		return err
	}
	_, err = io.WriteString(w, "\n]\n")
	return err
}

// Year switches the power of cameras on and off for 365 days, by the very code that a warden does it with, and
// compares each day with what the wall clock of the place says: through the days on which clocks are changed,
// closed days, clocks that are wrong and power cuts. It prints a line for each place, draws the year, and ends
// with 1 if one turn is missing or one too many was made. Nothing real is switched.
//
//	go run ./tools/bench/year -o year.png
package main

import (
	"flag"
	"fmt"
	"image/png"
	"io"
	"os"
	"text/tabwriter"
	"time"
	_ "time/tzdata" // the same zones wherever this runs

	"tellijn/privacy/devicelog"
	"tellijn/tools/bench/year/course"
)

func main() {
	days := flag.Int("days", 365, "how many `days`, at most 365")
	tick := flag.Duration("tick", time.Second, "`time` between two looks; a device looks ten times a second")
	seed := flag.Uint64("seed", 1, "of what goes wrong")
	to := flag.String("o", "", "`file` to draw the year into (PNG)")
	flag.Parse()
	if err := run(os.Stdout, *days, *tick, *seed, *to); err != nil {
		fmt.Fprintln(os.Stderr, "year:", err)
		os.Exit(1)
	}
}

// sites are the places. Their clocks change in different ways, and the hours of two lie where they do.
func sites() []course.Site {
	return []course.Site{
		{Name: "library", Zone: "Europe/Amsterdam", Open: []string{"mon-fri 07:30-22:00", "sat 09:00-12:00", "sat 13:00-17:00"},
			Closed: []string{"2026-12-25", "2026-12-26", "2027-01-01", "2027-04-27", "2027-05-05"}},
		{Name: "library, all goes wrong", Zone: "Europe/Amsterdam", Open: []string{"mon-fri 07:30-22:00", "sat 09:00-12:00", "sat 13:00-17:00"},
			Closed: []string{"2026-12-25", "2026-12-26", "2027-01-01", "2027-04-27", "2027-05-05"}, Trouble: true},
		{Name: "night", Zone: "Europe/Amsterdam", Open: []string{"mon-sun 00:30-02:15", "mon-sun 02:30-05:00", "mon-sun 23:00-23:45"}},
		{Name: "hospital", Zone: "America/St_Johns", Open: []string{"mon-sun 06:00-23:30"}},
		{Name: "ferry", Zone: "Australia/Lord_Howe", Open: []string{"mon-sun 01:45-04:00", "mon-sun 18:00-20:00"}},
	}
}

// run goes through the year at each place.
func run(w io.Writer, days int, tick time.Duration, seed uint64, to string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "place\tdays\topenings planned\topened\tclosed\tmissing\ttoo many\tlatest turn\tbeyond the hours\thours lit\teyes\tmains cut\tscenes")
	var years []*course.Year
	wrong := 0
	for _, s := range sites() {
		y, err := course.Run(&s, days, tick, seed)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		j := y.Judge()
		wrong += j.Missed + j.Extra
		if len(y.Scenes) != 1 || y.Events[devicelog.PowerOn]+y.Cuts < j.Opened {
			wrong++
		}
		years = append(years, y)
		fmt.Fprintf(t, "%s (%s)\t%d\t%d\t%d\t%d\t%d\t%d\t%v\t%v\t%.0f\t%d\t%d\t%d\n", s.Name, s.Zone, days, j.Planned, j.Opened, j.Closed, j.Missed, j.Extra,
			y.Delay, y.Beyond, y.Lit.Hours(), y.Eyes, y.Cuts, len(y.Scenes))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w, "Turns by hand: 0; there is nothing to turn.")
	if to != "" {
		if err := save(to, years); err != nil {
			return err
		}
		fmt.Fprintln(w, "drawn:", to)
	}
	if wrong > 0 {
		return fmt.Errorf("%d turns or scenes are not what they must be", wrong)
	}
	return nil
}

func save(to string, years []*course.Year) error {
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	if err := png.Encode(f, sketch(years)); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

package main

import (
	"fmt"
	"io"
	"strings"

	"tellijn/tools/campus/attack"
	"tellijn/tools/campus/figures"
	"tellijn/tools/campus/measure"
)

// line is one line of the table: a figure of each rule, and what the rule of the device must reach.
type line struct {
	name, must string
	cell       func(figures.Row) string
}

// table prints all rules side by side.
func table(w io.Writer, f *figures.Figures) {
	fmt.Fprintf(w, "\n%d rooms with %d doors, %d days from Monday 5 January 2026, intervals of 15 minutes, seed %d.\n", f.Rooms, f.Doors, f.Days, f.Seed)
	fmt.Fprintf(w, "The crowd is drawn once, evening visits of cleaners %d times. Doors of a room are summed before release.\n", figures.Draws)
	columns := append([]figures.Row{}, f.Rows...)
	columns = append(columns, f.Alone)
	fmt.Fprintf(w, "\n%-44s", "")
	for _, head := range []string{"raw", "tellijn", "threshold", "Laplace", "tellijn,", "must,"} {
		fmt.Fprintf(w, "%15s", head)
	}
	fmt.Fprintf(w, "\n%-44s", "")
	for _, head := range []string{"counts", "k = 3", "5", "epsilon 1", "doors apart *", "for tellijn"} {
		fmt.Fprintf(w, "%15s", head)
	}
	fmt.Fprintln(w)
	for _, l := range lines() {
		if l.cell == nil {
			fmt.Fprintf(w, "\n%s\n", l.name)
			continue
		}
		fmt.Fprintf(w, "  %-42s", l.name)
		for _, row := range columns {
			fmt.Fprintf(w, "%15s", l.cell(row))
		}
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%15s", l.must), " "))
	}
	fmt.Fprintln(w, "\n* only rooms of two and three doors, each door released by itself, as while the head of a room is away")
}

// lines are all lines of the table; those without a cell are headings.
func lines() []line {
	return []line{
		{name: "Who finds the cleaners of an evening (advantage over guessing, and its standard error)"},
		{"best threshold on another room", "<= 1 %", func(r figures.Row) string { return advantage(r.Threshold) }},
		{"boosted trees that know the timetable", "<= 3 %", func(r figures.Row) string { return advantage(r.Boosted) }},
		{name: "One visit shows to somebody who knows all else, secrets too (in any field but the weekly one)"},
		{"one cleaner alone, within an hour", "<= 1 %", seen(func(r figures.Row) float64 { return r.Lone.Hour })},
		{"one cleaner alone, within a day", "<= 1 %", seen(func(r figures.Row) float64 { return r.Lone.Day })},
		{"one, two or three, within a day", "", seen(func(r figures.Row) float64 { return r.Seen.Day })},
		{"the same, in the weekly field", "", weekly},
		{name: "Occupancy error in persons (mean / 95 % / worst)"},
		{"all the time while open", "2 / 5", func(r figures.Row) string { return off(r.Use.Open) }},
		{"while somebody is inside", "2 / 5", func(r figures.Row) string { return off(r.Use.Occupied) }},
		{name: "What a room board would say"},
		{"used (5 or more) shown used, days", ">= 99 %", func(r figures.Row) string { return percent(r.Use.UsedDays) }},
		{"used (5 or more) shown used, intervals", ">= 99 %", func(r figures.Row) string { return percent(r.Use.Used) }},
		{"empty but shown used, intervals", "", func(r figures.Row) string { return percent(r.Use.EmptyUsed) }},
		{"free, filling, full mixed up", "", func(r figures.Row) string { return percent(r.Use.WrongClass) }},
		{name: "People of a week, in at one line"},
		{"counted, mean", "", func(r figures.Row) string { return fmt.Sprintf("%.0f", r.Week.Mean) }},
		{"published less counted, standard deviation", "", func(r figures.Row) string { return fmt.Sprintf("%.0f", r.Week.Off) }},
		{"held after / before the weekly pairs, mean", "", held},
		{name: "Crossings neither published nor held (or invented)"},
		{"all lines", "0", func(r figures.Row) string { return fmt.Sprint(r.Lost) }},
		{"worst line", "0", func(r figures.Row) string { return fmt.Sprint(r.MostLost) }},
	}
}

func advantage(a attack.Advantage) string {
	return fmt.Sprintf("%.1f ± %.1f %%", 100*a.Value(), 100*a.Error())
}

func off(o measure.Off) string { return fmt.Sprintf("%.1f / %d / %d", o.Mean, o.P95, o.Max) }

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// seen is a share with two digits. Noise is a secret too, so nearly each visit shows in noisy counts.
func seen(of func(figures.Row) float64) func(figures.Row) string {
	return func(r figures.Row) string { return fmt.Sprintf("%.2f %%", 100*of(r)) }
}

// weekly is for rules with a weekly field.
func weekly(r figures.Row) string {
	if r.Seen.Weekly == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*r.Seen.Weekly)
}

// held is for rules that hold counts; the others lost what they did not publish.
func held(r figures.Row) string {
	if r.Lost > 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f / %.0f", r.Week.Held, r.Week.Most)
}

// limits prints what the rule of the device does not hide.
func limits(w io.Writer, k figures.Weak) {
	fmt.Fprintln(w, "\nWhat stays weak: shown within a day to somebody who knows all else (k = 3, doors summed)")
	for _, g := range k.Groups {
		fmt.Fprintf(w, "  %-58s %6.2f %% of %d\n", fmt.Sprintf("%d together, half an hour, in an empty room", g.People), 100*g.Seen, g.Tried)
	}
	for _, l := range []struct {
		name string
		of   figures.Among
	}{
		{"one alone while fewer than 5 are inside", k.Quiet},
		{"one alone while 5 or more are inside", k.Crowded},
		{"two or three cleaners", k.Parties},
		{"a round of 30 rooms in an evening: at least one shows", k.Evening},
		{"the same round on five evenings: at least one shows", k.Week},
	} {
		fmt.Fprintf(w, "  %-58s %6.2f %% of %d\n", l.name, 100*l.of.Seen, l.of.Tried)
	}
}

// verdict prints the bounds that are missed, or that none is, and says which.
func verdict(w io.Writer, missed []figures.Must) bool {
	fmt.Fprintln(w)
	for _, m := range missed {
		sign, value, limit := "at most", fmt.Sprintf("%.2f", m.Value), fmt.Sprintf("%g", m.Limit)
		if m.Least {
			sign = "at least"
		}
		if m.Share {
			value, limit = fmt.Sprintf("%.2f %%", 100*m.Value), fmt.Sprintf("%g %%", 100*m.Limit)
		}
		fmt.Fprintf(w, "MISSED: %s: %s, want %s %s\n", m.Name, value, sign, limit)
	}
	if len(missed) == 0 {
		fmt.Fprintln(w, "All that must be reached is reached.")
	}
	return len(missed) == 0
}

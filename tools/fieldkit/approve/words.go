package approve

import (
	"fmt"
	"io"
	"strings"
	"time"

	"tellijn/privacy/approval"
	"tellijn/privacy/sign"
)

// language is how an approval is said to people.
type language struct {
	days, months                                   []string // days from Sunday on
	to, and, closed, always, clock, corners, worth string
	title                                          string
	purpose, devices, from, until, hours, free     string
	lines, zones, person, counts, steps            string
	test, signed, file, any, none                  string
	promise                                        string
}

func english() *language {
	return &language{
		days:   []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		months: strings.Fields("January February March April May June July August September October November December"),
		to:     "to", and: "and", closed: "closed", always: "all day", clock: "the clock of", corners: "corners",
		title: "Approval %s, resting on assessment %s", purpose: "What for", devices: "Devices", from: "First day", until: "Last day",
		hours: "Camera on", free: "Closed on", lines: "Lines", zones: "Zones", person: "One person", counts: "Counts",
		steps: "leave in steps of %d people or more, for %d minutes or more at a time", worth: "%.1f %% of the view",
		test: "FOR TESTS: no real device counts under it.", signed: "Signed by", file: "File", any: "any that counts nobody real", none: "none",
		promise: "Firmware that was not changed gives the camera power only for this, only then. Whoever holds the card of a device\ncan write other firmware onto it; that asks nobody. The camera lamp shows all the same when the camera has power.",
	}
}

func dutch() *language {
	return &language{
		days:   []string{"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
		months: strings.Fields("januari februari maart april mei juni juli augustus september oktober november december"),
		to:     "tot en met", and: "en", closed: "gesloten", always: "de hele dag", clock: "de klok van", corners: "hoeken",
		title: "Besluit %s, op grond van beoordeling %s", purpose: "Waarvoor", devices: "Apparaten", from: "Eerste dag", until: "Laatste dag",
		hours: "Camera aan", free: "Gesloten op", lines: "Lijnen", zones: "Zones", person: "E\u00e9n persoon", counts: "Tellingen",
		steps: "verlaten het apparaat in stappen van %d mensen of meer, over %d minuten of meer tegelijk", worth: "%.1f %% van het beeld",
		test: "VOOR PROEVEN: geen echt apparaat telt hiermee.", signed: "Ondertekend door", file: "Bestand", any: "elk apparaat dat geen echte mensen telt", none: "geen",
		promise: "Ongewijzigde firmware geeft de camera alleen hiervoor en alleen dan stroom. Wie de kaart van een apparaat in handen\nheeft, kan er andere firmware op zetten; die vraagt niemand iets. Het cameralampje toont ook dan of de camera stroom heeft.",
	}
}

// tell says an approval in both languages.
func tell(out io.Writer, a *approval.Approval, signed []byte, by sign.Public) {
	for _, l := range []*language{english(), dutch()} {
		l.say(out, a, signed, by)
		fmt.Fprintln(out)
	}
}

func (l *language) say(out io.Writer, a *approval.Approval, signed []byte, by sign.Public) {
	place, err := time.LoadLocation(a.Hours.Zone)
	if err != nil {
		place = time.UTC
	}
	fmt.Fprintf(out, l.title+"\n", a.Decision, a.Assessment)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(out, "  %-18s %s\n", name, fmt.Sprintf(format, args...))
	}
	if a.Test {
		line("", "%s", l.test)
	}
	line(l.purpose, "%s", a.Purpose)
	line(l.devices, "%s", l.list(a.Devices, l.any))
	line(l.from, "%s", l.moment(time.Unix(a.From, 0).In(place)))
	last := l.moment(time.Unix(a.Until, 0).In(place))
	if !strings.Contains(last, ",") { // a whole day
		last = l.date(time.Unix(a.Until-1, 0).In(place))
	}
	line(l.until, "%s", last)
	for i, h := range l.week(a.Hours.Days) {
		if i == 0 {
			line(l.hours, "%s", h)
			continue
		}
		line("", "%s", h)
	}
	if a.Hours.Zone != "" {
		line("", "(%s %s)", l.clock, a.Hours.Zone)
	}
	var free []string
	for _, d := range a.Hours.Closed {
		free = append(free, l.date(time.Date(int(d/10_000), time.Month(d/100%100), int(d%100), 12, 0, 0, 0, time.UTC)))
	}
	line(l.free, "%s", l.list(free, l.none))
	if a.Scene.PersonArea == 0 {
		line(l.lines, "%s", l.any)
	} else {
		for i, s := range a.Scene.Lines {
			line(fmt.Sprintf("%s %d", l.lines, i+1), "%s -> %s", point(s[0], s[1]), point(s[2], s[3]))
		}
		line(l.zones, "%d", len(a.Scene.Zones))
		line(l.person, l.worth, float64(a.Scene.PersonArea)/1e4)
	}
	line(l.counts, l.steps, a.K, a.Interval/60)
	line(l.signed, "%s", by)
	line(l.file, "sha256 %x", approval.Digest(signed))
	fmt.Fprintln(out, l.promise)
}

// point writes a place of the view in percent from the left and from the top.
func point(x, y int32) string {
	return fmt.Sprintf("(%.1f %%, %.1f %%)", float64(x)*100/65536, float64(y)*100/65536)
}

func (l *language) date(t time.Time) string {
	return fmt.Sprintf("%d %s %d", t.Day(), l.months[t.Month()-1], t.Year())
}

// moment is the date, with the time unless it is midnight.
func (l *language) moment(t time.Time) string {
	if h, m, s := t.Clock(); h+m+s > 0 {
		return fmt.Sprintf("%s, %02d:%02d", l.date(t), h, m)
	}
	return l.date(t)
}

func (l *language) list(all []string, none string) string {
	if len(all) == 0 {
		return none
	}
	return strings.Join(all, ", ")
}

// week says the hours from Monday on, days with the same hours together.
func (l *language) week(days [][]uint16) (out []string) {
	text := func(ends []uint16) string {
		var spans []string
		for k := 0; k+1 < len(ends); k += 2 {
			spans = append(spans, fmt.Sprintf("%02d:%02d-%02d:%02d", ends[k]/60, ends[k]%60, ends[k+1]/60, ends[k+1]%60))
		}
		switch {
		case len(spans) == 0:
			return l.closed
		case spans[0] == "00:00-24:00":
			return l.always
		}
		return strings.Join(spans, " "+l.and+" ")
	}
	for first := 1; first <= 7; {
		last := first
		for last < 7 && text(days[(last+1)%7]) == text(days[first%7]) {
			last++
		}
		name := l.days[first%7]
		if last > first {
			name += " " + l.to + " " + l.days[last%7]
		}
		out = append(out, name+" "+text(days[first%7]))
		first = last + 1
	}
	return out
}

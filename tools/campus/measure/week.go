package measure

import (
	"math"

	"tellijn/tools/campus/publish"
)

// Week is how well the people of a week are known at its end, when the pairs have been published:
// in-counts of one line, in persons.
type Week struct {
	Lines int // weeks of lines that were looked at
	Mean  float64
	Off   float64 // standard deviation of published less counted
	Held  float64 // mean of what is counted and not published right after the pairs of a week
	Most  float64 // the same right before them, when it is most
}

// Weeks are weeks of lines.
type Weeks []struct{ counted, shown, held, most int64 }

// book remembers how a line stood after the last pairs, and in the interval before this one.
type book struct {
	open             bool
	in, shown, waits int64
}

// turn is called after each interval with what the line has counted and shown so far. At the end of
// a week, when pairs are published, it gives the week.
func (b *book) turn(w Weeks, l *publish.Ledger, ends bool) Weeks {
	if ends {
		if b.open {
			w = append(w, struct{ counted, shown, held, most int64 }{l.In - b.in, l.ShownIn - b.shown, l.In - l.ShownIn, b.waits})
		}
		b.open, b.in, b.shown = true, l.In, l.ShownIn
	}
	b.waits = l.In - l.ShownIn
	return w
}

// Shares gives means.
func (w Weeks) Shares() (k Week) {
	k.Lines = len(w)
	n := float64(max(1, len(w)))
	var mean float64
	for _, v := range w {
		k.Mean += float64(v.counted) / n
		k.Held += float64(v.held) / n
		k.Most += float64(v.most) / n
		mean += float64(v.shown-v.counted) / n
	}
	for _, v := range w {
		d := float64(v.shown-v.counted) - mean
		k.Off += d * d / n
	}
	k.Off = math.Sqrt(k.Off)
	return k
}

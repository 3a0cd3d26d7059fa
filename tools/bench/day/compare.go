package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"tellijn/tools/bench/day/tap"
)

// differ tells where the records of two runs differ in direction or size, "" if nowhere.
func differ(a, b []tap.Record) string {
	for i := range min(len(a), len(b)) {
		if a[i].Up != b[i].Up || a[i].Size != b[i].Size || a[i].Type != b[i].Type {
			return fmt.Sprintf("record %d: %s and %s", i, word(a[i]), word(b[i]))
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("%d records and %d", len(a), len(b))
	}
	return ""
}

func word(r tap.Record) string {
	if r.Up {
		return fmt.Sprintf("%d bytes up", r.Size)
	}
	return fmt.Sprintf("%d bytes down", r.Size)
}

// tally counts records by direction and size.
func tally(all []tap.Record) map[string]int {
	n := map[string]int{}
	for _, r := range all {
		n[word(r)]++
	}
	return n
}

// kinds gives the most frequent directions and sizes in words.
func kinds(all []tap.Record) string {
	n := tally(all)
	names := slices.SortedFunc(maps.Keys(n), func(a, b string) int { return cmp.Or(n[b]-n[a], strings.Compare(a, b)) })
	var out []string
	for i, name := range names {
		if i == 8 {
			out = append(out, fmt.Sprintf("and %d more kinds", len(names)-i))
			break
		}
		out = append(out, fmt.Sprintf("%d x %s", n[name], name))
	}
	return strings.Join(out, ", ")
}

// often is how many times a kind comes in a day that is no accident: once in four intervals. What is rare
// depends on which of two messages was faster.
const often = perDay / 4

// strange gives the kinds that come often in one and never in the other.
func strange(a, b []tap.Record) (only []string) {
	n, m := tally(a), tally(b)
	for _, both := range [][2]map[string]int{{n, m}, {m, n}} {
		for name, times := range both[0] {
			if times >= often && both[1][name] == 0 {
				only = append(only, name)
			}
		}
	}
	slices.Sort(only)
	return only
}

func total(all []tap.Record) (n int) {
	for _, r := range all {
		n += r.Size
	}
	return n
}

// delays gives how long after each record of the device the next thing went up, as a part of an
// interval.
func delays(m *measured) (out []float64) {
	for i, at := range m.shown {
		end := at.Add(m.pace)
		if i+1 < len(m.shown) {
			end = m.shown[i+1]
		}
		for _, r := range m.records {
			if r.Up && !r.At.Before(at) && r.At.Before(end) {
				out = append(out, float64(r.At.Sub(at))/float64(m.pace))
				break
			}
		}
	}
	return out
}

// apart is the distance of Kolmogorov and Smirnov: how far the shares of two samples below a value
// differ at most.
func apart(a, b []float64) (most float64) {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		v := math.Min(a[i], b[j])
		for i < len(a) && a[i] == v {
			i++
		}
		for j < len(b) && b[j] == v {
			j++
		}
		most = math.Max(most, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	return most
}

// chance is the distance that two samples of the same kind exceed once in a thousand times.
func chance(n, m int) float64 {
	return 1.95 * math.Sqrt(float64(n+m)/float64(n*m))
}

// spread gives the smallest, the middle and the largest.
func spread(v []float64) (least, middle, most float64) {
	if len(v) == 0 {
		return 0, 0, 0
	}
	v = slices.Sorted(slices.Values(v))
	return v[0], v[len(v)/2], v[len(v)-1]
}

// probes gives what TCP sends in a day on a connection that is idle between records, up and down: after
// 5 minutes without a word one packet each way (firmware/upload/https), which a compressed day does not
// live to see.
func probes(intervals int) (up, down int) {
	const idle, packet = 5 * time.Minute, 52
	n := intervals * int((15*time.Minute-1)/idle)
	return n * packet, n * packet
}

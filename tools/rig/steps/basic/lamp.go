package basic

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tellijn/tools/rig/bench"
)

// How a lamp is looked at (firmware/warden/signs): flashes of a group are half a second apart, groups two seconds or
// more. A board that is slow stretches both.
const (
	apart = 1200 * time.Millisecond // more than between two flashes, less than between two groups
	calm  = 6 * time.Second         // more than any sign goes without a change
	glimp = 100 * time.Millisecond  // between two looks
	bored = 2 * time.Minute         // when a check gives up
	seen  = 4                       // groups in a row that most of are right, which is enough
	wrong = 12                      // groups without that; a board that is slow for a moment tears some apart
)

func lamp() []bench.Step {
	return []bench.Step{
		act("the lamp flashes {number} times within {duration}", "waits until three groups in a row have so many flashes; outside of the hours it is 1", func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return look(ctx, s, a.Durations[0], func(l light) (bool, error) {
				n := len(l.groups)
				return n >= 3 && !slices.ContainsFunc(l.groups[n-3:], func(g int) bool { return g != a.Numbers[0] }), nil
			})
		}),
		check("check the lamp flashes {number} times", "looks at it as a person would: most of some groups in a row have so many flashes", func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return look(ctx, s, bored, func(l light) (bool, error) {
				right := 0
				for _, g := range l.groups[max(len(l.groups)-seen, 0):] {
					if g == a.Numbers[0] {
						right++
					}
				}
				switch n := len(l.groups); {
				case n == 0 && l.still > 3*calm:
					return true, fmt.Errorf("basic: the lamp does not flash, want groups of %d", a.Numbers[0])
				case n >= seen && 2*right > seen:
					return true, nil
				case n >= wrong:
					return true, fmt.Errorf("basic: the lamp flashes in groups of %v, want %d", l.groups, a.Numbers[0])
				}
				return false, nil
			})
		}),
		act("the lamp is steady within {duration}", "waits until it has been lit for 6 s without a change: it counts", func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return look(ctx, s, a.Durations[0], func(l light) (bool, error) { return l.lit && l.still > calm, nil })
		}),
		check("check the lamp is steady", "it stays lit for 6 s from now on", func(ctx context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			return look(ctx, s, bored, stays(true))
		}),
		check("check the lamp is dark", "it stays dark for 6 s from now on", func(ctx context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			return look(ctx, s, bored, stays(false))
		}),
		act("the camera has power within {duration}", "waits until the board closes the switch of the camera's supply", func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return fed(ctx, s, true, a.Durations[0])
		}),
		act("the camera has no power within {duration}", "waits until the board opens the switch of the camera's supply", func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return fed(ctx, s, false, a.Durations[0])
		}),
		check("check the camera has power", "the board holds the switch of the camera's supply closed", func(ctx context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			return fed(ctx, s, true, 0)
		}),
		check("check the camera has no power", "the board holds the switch of the camera's supply open", func(ctx context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			return fed(ctx, s, false, 0)
		}),
		check("check the camera was switched on {number} times", "so often the board closed the switch of the camera's supply, in all lives; a frame that it held too long, on a busy computer, may add one", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return switched(s, a.Numbers[0])
		}),
	}
}

// of gives the changes of one line.
func of(s *bench.Scene, part string) (out []bench.Change) {
	for _, c := range s.Rig.Parts().Changes() {
		if c.Part == part {
			out = append(out, c)
		}
	}
	return out
}

// overdue is what the warden says when it ends an eye that is too slow. The camera is switched off and on then.
const overdue = `Failed +camera: the eye (stopped because a frame lived too long|was ended, because it held a frame)`

// switched tells how often the camera was switched on.
func switched(s *bench.Scene, want int) (string, error) {
	late, _, err := find(s, overdue)
	if err != nil {
		return "", err
	}
	n := 0
	for _, c := range of(s, "camera_power") {
		if c.High {
			n++
		}
	}
	saw := fmt.Sprintf("%d times", n)
	if len(late) > 0 {
		saw += fmt.Sprintf(", with %d frames held too long", len(late))
	}
	if n < want || n > want+len(late) {
		return saw, fmt.Errorf("basic: the camera was switched on %d times, want %d", n, want)
	}
	return saw, nil
}

// light is what somebody saw of the lamp who has looked since a moment.
type light struct {
	groups []int // flashes of each whole group
	lit    bool
	moved  bool          // while somebody looked
	still  time.Duration // without a change while somebody looked
}

// read makes out groups among changes of the lamp. The first and the last are not whole.
func read(changes []bench.Change, from, now time.Time) (l light) {
	l.still = now.Sub(from)
	var ups []time.Time
	for _, c := range changes {
		l.lit = c.High
		if c.At.Before(from) {
			continue
		}
		l.still, l.moved = now.Sub(c.At), true
		if c.High {
			ups = append(ups, c.At)
		}
	}
	n := 0 // 0 while no pause was seen
	for i := 1; i < len(ups); i++ {
		switch pause := ups[i].Sub(ups[i-1]) > apart; {
		case pause && n > 0:
			l.groups = append(l.groups, n)
			fallthrough
		case pause:
			n = 1
		case n > 0:
			n++
		}
	}
	return l
}

// look looks at the lamp from now on, until done says that it was enough.
func look(ctx context.Context, s *bench.Scene, d time.Duration, done func(light) (bool, error)) (string, error) {
	from := time.Now()
	for {
		now := time.Now()
		l := read(of(s, "lamp"), from, now)
		ok, err := done(l)
		saw := fmt.Sprintf("groups of %v flashes, %s for %v", l.groups, map[bool]string{true: "lit", false: "dark"}[l.lit], l.still.Round(100*time.Millisecond))
		if ok {
			return saw, err
		}
		if now.Sub(from) > d {
			return saw, fmt.Errorf("basic: the lamp did not show that within %v", d)
		}
		select {
		case <-time.After(glimp):
		case <-ctx.Done():
			return saw, ctx.Err()
		}
	}
}

// stays tells when the lamp has shown that it stays lit or dark, or that it does not.
func stays(lit bool) func(light) (bool, error) {
	return func(l light) (bool, error) {
		if l.moved || l.lit != lit {
			return true, fmt.Errorf("basic: the lamp is lit: %v, and changed: %v; want that it stays %v", l.lit, l.moved, lit)
		}
		return l.still > calm, nil
	}
}

// fed waits until the switch of the camera's supply is as wanted.
func fed(ctx context.Context, s *bench.Scene, want bool, d time.Duration) (string, error) {
	for from := time.Now(); ; {
		is, at := false, time.Time{}
		for _, c := range of(s, "camera_power") {
			is, at = c.High, c.At
		}
		saw := fmt.Sprintf("it has power: %v", is)
		if !at.IsZero() {
			saw += fmt.Sprintf(", for %v", time.Since(at).Round(100*time.Millisecond))
		}
		if is == want {
			return saw, nil
		}
		if time.Since(from) >= d {
			return saw, fmt.Errorf("basic: the camera has power: %v, want %v", is, want)
		}
		select {
		case <-time.After(glimp):
		case <-ctx.Done():
			return saw, ctx.Err()
		}
	}
}

package pump

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tellijn/firmware/queue"
	"tellijn/firmware/upload/collectortest"
	"tellijn/privacy/batch"
	"tellijn/privacy/sign"
)

// rig is a pump over a real queue.
type rig struct {
	t    *testing.T
	q    *queue.Queue
	p    *Pump
	col  *collectortest.Collector
	next uint32

	mu      sync.Mutex
	said    []string
	inward  [][]byte
	refuses error // of the network
	calls   []time.Duration
	began   time.Time
	replay  []byte
}

func newRig(t *testing.T, pace, poll time.Duration) *rig {
	t.Helper()
	q, err := queue.Open(filepath.Join(t.TempDir(), "q"), queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	r := &rig{t: t, q: q, col: collectortest.New(), began: time.Now()}
	r.p = New(Options{Device: "north-door", Receipts: r.col.Key.Public(), Queue: q, Pace: pace, Poll: poll, Random: chance(3),
		Inward:   func(e []byte) { r.mu.Lock(); r.inward = append(r.inward, e); r.mu.Unlock() },
		Stranger: func(err error) bool { return errors.Is(err, errStranger) },
		Say:      func(s string) { r.mu.Lock(); r.said = append(r.said, s); r.mu.Unlock() }})
	return r
}

var errStranger = errors.New("somebody else")

// Exchange is the network and the collector behind it.
func (r *rig) Exchange(ctx context.Context, b []byte) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, time.Since(r.began))
	if r.refuses != nil || r.replay != nil {
		return r.replay, r.refuses
	}
	return r.col.Answer(b)
}

// sleep lets pretended time go by, and everybody come to rest.
func sleep(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// turn changes what the other side does.
func (r *rig) turn(f func()) { r.mu.Lock(); defer r.mu.Unlock(); f() }

func (r *rig) network(err error) { r.turn(func() { r.refuses = err }) }

func (r *rig) count() int { r.mu.Lock(); defer r.mu.Unlock(); return len(r.calls) }

// put stores n records and says so.
func (r *rig) put(n int) {
	r.t.Helper()
	for range n {
		it := queue.Item{Kind: queue.Record, Boot: [16]byte{1}, Sequence: r.next, Bytes: []byte(fmt.Sprintf("record %06d", r.next))}
		if _, err := r.q.Put([]queue.Item{it}); err != nil {
			r.t.Fatal(err)
		}
		r.next++
	}
	r.p.News()
}

// has checks that the collector has so many records, in their order.
func (r *rig) has(n int) {
	r.t.Helper()
	items := r.col.Items()
	for i, it := range items {
		if want := fmt.Sprintf("record %06d", i); string(it.Bytes) != want {
			r.t.Fatalf("item %d is %q, want %q", i, it.Bytes, want)
		}
	}
	st, err := r.q.Stats()
	if err != nil || len(items) != n || st.Waiting+uint64(n) != uint64(r.next) || st.Dropped != 0 {
		r.t.Fatalf("%d at the collector, want %d; %+v, %v", len(items), n, st, err)
	}
}

// run lets the pump run in pretended time.
func run(t *testing.T, pace, poll time.Duration, f func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, pace, poll)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.p.Run(ctx, r); close(done) }()
		f(r)
		cancel()
		<-done
	})
}

func TestADay(t *testing.T) {
	run(t, 15*time.Minute, 0, func(r *rig) {
		for range 96 {
			sleep(15 * time.Minute)
			r.put(1)
		}
		sleep(2 * time.Minute)
		r.has(96)
		if n := r.count(); n != 96 {
			r.t.Errorf("%d exchanges for 96 intervals", n)
		}
		for i, at := range r.calls {
			if late := at - time.Duration(i+1)*15*time.Minute; late < 0 || late > time.Minute {
				r.t.Errorf("exchange %d is %v after the end of its interval", i, late)
			}
		}
	})
}

// TestSixDaysOffline cuts the network for six days: the tries become rare, and then all comes, oldest
// first, in full batches.
func TestSixDaysOffline(t *testing.T) {
	run(t, 15*time.Minute, 0, func(r *rig) {
		r.network(errors.New("no network"))
		for range 6 * 96 {
			sleep(15 * time.Minute)
			r.put(1)
		}
		r.has(0)
		if n := r.count(); n < 6*96 || n > 2*6*96+20 {
			r.t.Errorf("%d tries in six days", n)
		}
		r.network(nil)
		sleep(16 * time.Minute)
		r.has(6 * 96)
		if n := len(r.col.Batches()); n != 9 {
			r.t.Errorf("%d batches for %d records", n, 6*96)
		}
		if r.mu.Lock(); len(r.said) != 2 || !strings.Contains(r.said[0], "no network") || !strings.HasPrefix(r.said[1], "Loaded") {
			r.t.Errorf("%d lines: %q", len(r.said), r.said)
		}
		r.mu.Unlock()
	})
}

// TestPolls has the head of a room, which asks although it has nothing to send.
func TestPolls(t *testing.T) {
	run(t, 15*time.Minute, time.Minute, func(r *rig) {
		r.turn(func() { r.col.Envelopes = [][]byte{{1, 2, 3}} })
		sleep(time.Hour)
		if n := r.count(); n < 59 || n > 75 {
			r.t.Errorf("%d polls in an hour of minutes", n)
		}
		r.mu.Lock()
		if len(r.inward) != len(r.calls) || !bytes.Equal(r.inward[0], []byte{1, 2, 3}) {
			r.t.Errorf("%d envelopes from %d polls", len(r.inward), len(r.calls))
		}
		r.mu.Unlock()
		for _, b := range r.col.Batches() {
			if !b.Poll || len(b.Items) != 0 {
				r.t.Fatalf("%+v", b)
			}
		}
	})
	run(t, 15*time.Minute, 0, func(r *rig) { // nobody else asks
		r.turn(func() { r.col.Envelopes = [][]byte{{1}} })
		r.put(1)
		sleep(time.Hour)
		r.has(1)
		if b := r.col.Batches(); len(b) != 1 || b[0].Poll || len(r.inward) != 0 {
			r.t.Errorf("%d batches, %d envelopes", len(b), len(r.inward))
		}
	})
}

func TestRefused(t *testing.T) {
	run(t, 15*time.Minute, 0, func(r *rig) {
		r.turn(func() {
			r.col.Refuse = func(it batch.Item) batch.Reason {
				if strings.HasSuffix(string(it.Bytes), "3") {
					return batch.Simulated
				}
				return 0
			}
		})
		r.put(10)
		sleep(5 * time.Minute)
		st, _ := r.q.Stats()
		_, why, err := r.q.Refused()
		if err != nil || st.Acked != 9 || st.Refused != 1 || st.Waiting != 0 || len(why) != 1 || why[0].Reason != uint8(batch.Simulated) {
			r.t.Fatalf("%+v, %+v, %v", st, why, err)
		}
		if len(r.said) != 1 || !strings.Contains(r.said[0], "simulated") {
			r.t.Errorf("%q", r.said)
		}
		r.put(1)
		sleep(5 * time.Minute)
		if n := len(r.col.Items()); n != 10 {
			r.t.Errorf("%d items: what was refused is in the way", n)
		}
	})
}

// TestHostileAnswers gives everything but the right answer: nothing is freed, nothing goes inwards, the
// next try is later each time, and the right answer is taken at last.
func TestHostileAnswers(t *testing.T) {
	other := sign.NewKey([32]byte{9})
	for what, tc := range map[string]struct {
		bend   func(*batch.Receipt)
		breaks func([]byte) []byte
		set    func(*rig)
		failed bool // counts as somebody who is not the collector
	}{
		"nothing":         {breaks: func([]byte) []byte { return nil }, failed: true},
		"text":            {breaks: func([]byte) []byte { return []byte("<html>") }, failed: true},
		"huge":            {breaks: func(b []byte) []byte { return make([]byte, 1<<20) }, failed: true},
		"truncated":       {breaks: func(b []byte) []byte { return b[:len(b)-1] }, failed: true},
		"longer":          {breaks: func(b []byte) []byte { return append(b, 0) }, failed: true},
		"a flipped bit":   {breaks: func(b []byte) []byte { b[len(b)/2] ^= 4; return b }, failed: true},
		"another number":  {bend: func(r *batch.Receipt) { r.Number[0]++ }, failed: true},
		"another device":  {bend: func(r *batch.Receipt) { r.Device = "south-door" }, failed: true},
		"one verdict few": {bend: func(r *batch.Receipt) { r.Verdicts = r.Verdicts[1:] }, failed: true},
		"one too many":    {bend: func(r *batch.Receipt) { r.Verdicts = append(r.Verdicts, batch.Verdict{}) }, failed: true},
		"another key":     {set: func(r *rig) { r.turn(func() { r.col.Key = other }) }, failed: true},
		"a stranger":      {set: func(r *rig) { r.network(fmt.Errorf("tls: %w", errStranger)) }, failed: true},
		"no network":      {set: func(r *rig) { r.network(errors.New("no network")) }},
		"an old answer": {set: func(r *rig) {
			old := batch.Batch{Device: "north-door", Number: batch.Number{1}, Items: make([]batch.Item, 3)}
			for i := range old.Items {
				old.Items[i] = batch.Item{Kind: batch.Record, Bytes: []byte{1}}
			}
			b, _ := batch.Encode(&old)
			answer, _ := collectortest.New().Answer(b)
			r.turn(func() { r.replay = answer })
		}, failed: true},
	} {
		t.Run(what, func(t *testing.T) {
			run(t, 15*time.Minute, time.Hour, func(r *rig) {
				good := r.col.Key
				r.turn(func() { r.col.Envelopes, r.col.Bend, r.col.Break = [][]byte{{1}}, tc.bend, tc.breaks })
				if tc.set != nil {
					tc.set(r)
				}
				r.put(3)
				sleep(time.Hour)
				r.mu.Lock()
				tries, said, inward := len(r.calls), len(r.said), len(r.inward)
				r.mu.Unlock()
				st, _ := r.q.Stats()
				if st.Waiting != 3 || st.Acked != 0 || st.Refused != 0 || inward != 0 {
					t.Fatalf("%+v, %d envelopes", st, inward)
				}
				if tries < 10 || tries > 25 || said < 1 {
					t.Errorf("%d tries in an hour, %d lines", tries, said)
				}
				if n := r.p.Failed(); (n == uint64(tries)) != tc.failed || !tc.failed && n != 0 {
					t.Errorf("%d of %d tries failed because of who answered", n, tries)
				}
				r.turn(func() { r.col.Bend, r.col.Break, r.col.Key, r.refuses, r.replay = nil, nil, good, nil, nil })
				sleep(16 * time.Minute)
				r.has(3)
				if r.inward == nil {
					t.Error("no envelope after all")
				}
			})
		})
	}
}

// TestStoringGoesOn has an exchange that takes its whole minute, while records come.
func TestStoringGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 15*time.Minute, 0)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		at, most, calls := 0, 0, 0
		go func() {
			r.p.Run(ctx, exchange(func(ctx context.Context, b []byte) ([]byte, error) {
				at++
				calls++
				most = max(most, at)
				defer func() { at-- }()
				<-ctx.Done()
				return nil, ctx.Err()
			}))
			close(done)
		}()
		for range 100 {
			began := time.Now()
			r.put(1)
			if d := time.Since(began); d != 0 {
				t.Fatalf("storing took %v", d)
			}
			sleep(10 * time.Second)
		}
		cancel()
		<-done
		r.has(0)
		if most != 1 || calls < 5 {
			t.Errorf("%d exchanges at a time, %d in all", most, calls)
		}
	})
}

type exchange func(context.Context, []byte) ([]byte, error)

func (e exchange) Exchange(ctx context.Context, b []byte) ([]byte, error) { return e(ctx, b) }

package hostile

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"

	"tellijn/privacy/batch"
	"tellijn/privacy/sign"
)

// Relay stands between a device and its collector with the collector's own certificate for TLS. It sees
// everything, passes it on, keeps it, and plays a trick when it is told to.
type Relay struct {
	*Past
	to  Client
	l   net.Listener
	srv *http.Server

	mu    sync.Mutex
	trick *played
}

// Past is what was once said between a device and its collector.
type Past struct {
	Device   string
	Receipts sign.Public

	mu      sync.Mutex
	batches [][]byte
	answers [][]byte
	stored  map[string]bool
}

// kept exchanges are remembered.
const kept = 64

// Note remembers an exchange, and everything that a receipt of the collector's calls stored.
func (p *Past) Note(body, answer []byte) {
	b, verdicts, err := p.read(body, answer)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		return
	}
	if p.stored == nil {
		p.stored = map[string]bool{}
	}
	whole := len(b.Items) > 0
	for i, v := range verdicts {
		if it := b.Items[i]; v.Outcome == batch.Stored && signed(it) {
			p.stored[string(it.Bytes)] = true
		} else if signed(it) {
			whole = false // of another thief
		}
	}
	if !whole {
		return
	}
	p.batches, p.answers = append(p.batches, body), append(p.answers, answer)
	if len(p.batches) > kept {
		p.batches, p.answers = p.batches[1:], p.answers[1:]
	}
}

// read opens an exchange: what was sent, and the verdicts if the receipt is the collector's for it.
func (p *Past) read(body, answer []byte) (batch.Batch, []batch.Verdict, error) {
	b, err := batch.Decode(body)
	if err != nil {
		return b, nil, err
	}
	a, err := batch.DecodeAnswer(answer)
	if err != nil {
		return b, nil, err
	}
	r, err := batch.OpenReceipt(p.Receipts, a.Receipt)
	if err != nil {
		return b, nil, err
	}
	return b, r.Verdicts, r.Answers(&b)
}

// Some gives a past exchange, which choose says; nil when there is none yet.
func (p *Past) Some(choose uint32) (body, answer []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.batches) == 0 {
		return nil, nil
	}
	i := int(choose % uint32(len(p.batches)))
	return p.batches[i], p.answers[i]
}

// Stored gives every record and log entry that a receipt called stored.
func (p *Past) Stored() (all []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for s := range p.stored {
		all = append(all, s)
	}
	return all
}

// Between makes a relay without a network of its own: whoever has one gives it what comes.
func Between(past *Past, to Client) *Relay { return &Relay{Past: past, to: to} }

// NewRelay makes a relay that shows a certificate and passes on to.
func NewRelay(past *Past, certificate tls.Certificate, to Client) (*Relay, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("hostile: %w", err)
	}
	r := Between(past, to)
	r.l = l
	r.srv = &http.Server{Handler: r, ErrorLog: log.New(io.Discard, "", 0)}
	secure := tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2", "http/1.1"}[1:]})
	go func() { _ = r.srv.Serve(secure) }()
	return r, nil
}

// Address is where it listens.
func (r *Relay) Address() string { return r.l.Addr().String() }

// Close ends it.
func (r *Relay) Close() { r.srv.Close() }

// ServeHTTP passes one exchange on, or plays the trick with it.
func (r *Relay) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(io.LimitReader(q.Body, batch.MaxSize+1))
	if err != nil {
		panic(http.ErrAbortHandler) // hang up
	}
	answer := r.exchange(body)
	if answer == nil {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", batch.Type)
	_, _ = w.Write(answer)
}

// exchange gives the answer to a batch; nil hangs up.
func (r *Relay) exchange(body []byte) []byte {
	r.mu.Lock()
	p := r.trick
	r.mu.Unlock()
	if p != nil {
		if answer, done := p.play(r, body); done {
			r.mu.Lock()
			if r.trick == p {
				r.trick = nil
			}
			r.mu.Unlock()
			return answer
		} else if p.hold {
			return nil
		}
	}
	return r.pass(body)
}

// Once plays a trick on this very exchange and gives the answer for the device, nil to hang up. Tricks that need more
// than one exchange, and those that cannot be played yet, are not played: met is "" then.
func (r *Relay) Once(t Trick, choose uint32, body []byte) (answer []byte, met string, err error) {
	p := &played{trick: t, choose: choose, met: make(chan outcome, 1)}
	answer, done := p.play(r, body)
	if !done {
		return r.pass(body), "", nil
	}
	o := <-p.met
	return answer, o.met, o.err
}

// pass passes a batch on as it is.
func (r *Relay) pass(body []byte) []byte {
	answer, err := r.to.Send(body)
	if err != nil || answer == nil {
		return nil
	}
	r.Note(body, answer)
	return answer
}

// old puts items that are stored already in the place of the new ones.
func (p *Past) old(items []batch.Item, choose uint32) bool {
	stored := p.Stored()
	slices.Sort(stored)
	changed := false
	for i := range items {
		for tries := 0; tries < len(stored) && signed(items[i]); tries++ {
			o := []byte(stored[(int(choose)+i+tries)%len(stored)])
			if k, _, err := sign.Signer(o); err == nil && batch.Kind(k) == items[i].Kind && !bytes.Equal(o, items[i].Bytes) {
				items[i].Bytes, changed = o, true
				break
			}
		}
	}
	return changed
}

func signed(it batch.Item) bool { return it.Kind != batch.Envelope }

// all checks that a batch that came again was stored, and not once more.
func all(p *Past, body, answer []byte) (string, error) {
	if answer == nil {
		return "", fmt.Errorf("%w: a batch that came again was refused whole", ErrBelieved)
	}
	b, verdicts, err := p.read(body, answer)
	for i, v := range verdicts {
		if v.Outcome != batch.Stored && signed(b.Items[i]) {
			err = errors.Join(err, fmt.Errorf("hostile: an item that came again was refused: %v", v.Reason))
		}
	}
	return "said to be stored, again", err
}

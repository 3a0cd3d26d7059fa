package front

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tellijn/privacy/batch"
	"tellijn/tools/faults/hostile"
	"tellijn/tools/faults/hostile/made"
)

// nonsenses is how many kinds of garbage there are. The first comes before there is TLS.
const nonsenses = 7

// between is how long a slow collector takes for each byte of its answer: more than a minute for all of them, which is as
// long as a device waits.
const between = 500 * time.Millisecond

// answer answers one request as the kind says.
func (f *Front) answer(w http.ResponseWriter, q *http.Request) {
	device := q.TLS.PeerCertificates[0].Subject.CommonName
	kind, turn, done := f.now()
	if kind == "dropping" && turn%4 == 0 {
		f.strike()
		panic(http.ErrAbortHandler) // hang up before anything was read
	}
	body, err := io.ReadAll(io.LimitReader(q.Body, batch.MaxSize+1))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	b, err := batch.Decode(body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	switch kind {
	case "slow":
		f.slow(w, device, body, done)
	case "garbage":
		f.strike()
		garbage(w, turn)
	case "refusing":
		f.strike()
		w.WriteHeader([]int{403, 429, 500, 503, 413}[turn%5])
	case "forging":
		f.strike()
		give(w, made.Signed(made.Key(), &b, batch.DigestOf(body)))
	case "forgetting":
		f.strike()
		give(w, made.Signed(f.c.Key(), &b, batch.DigestOf(body)))
	case "dropping":
		f.strike()
		f.drop(w, device, body, turn)
	case "replaying", "altering":
		f.trick(w, device, kind, body, turn)
	case "impostor":
		f.believed(fmt.Errorf("front: a device spoke with somebody of another authority: %w", hostile.ErrBelieved))
		panic(http.ErrAbortHandler)
	default: // honest by now
		f.pass(w, device, body)
	}
}

// give answers, if there is an answer.
func give(w http.ResponseWriter, answer []byte) {
	if answer == nil {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", batch.Type)
	w.Write(answer)
}

// pass asks the real collector.
func (f *Front) pass(w http.ResponseWriter, device string, body []byte) {
	answer, err := f.c.Handle(device, body)
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	give(w, answer)
}

// slow answers byte by byte.
func (f *Front) slow(w http.ResponseWriter, device string, body []byte, done <-chan struct{}) {
	answer, err := f.c.Handle(device, body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	f.strike()
	w.Header().Set("Content-Type", batch.Type)
	for _, b := range answer {
		select {
		case <-time.After(between):
		case <-done:
			panic(http.ErrAbortHandler)
		}
		if _, err := w.Write([]byte{b}); err != nil {
			return
		}
		http.NewResponseController(w).Flush()
	}
}

// garbage answers with what is no answer.
func garbage(w http.ResponseWriter, turn int) {
	switch turn % nonsenses {
	case 1: // not even HTTP
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			c.Write(noise(1000))
			c.Close()
		}
	case 2:
		give(w, noise(500))
	case 3: // without an end
		w.Header().Set("Content-Type", batch.Type)
		for range 64 {
			if _, err := w.Write(noise(64 << 10)); err != nil {
				return
			}
		}
	case 4:
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<html><body>Sign in to this network</body></html>")
	case 5: // somewhere else, and more header than anybody reads
		w.Header().Set("X-Noise", strings.Repeat("noise ", 4096))
		w.Header().Set("Location", "https://192.0.2.200:8443"+batch.Path)
		w.WriteHeader(http.StatusFound)
	default:
		w.Header().Set("Content-Type", batch.Type)
		w.WriteHeader(http.StatusOK)
	}
}

// drop hangs up in the middle.
func (f *Front) drop(w http.ResponseWriter, device string, body []byte, turn int) {
	if turn%4 == 1 { // the batch came, and nobody knows of it
		panic(http.ErrAbortHandler)
	}
	answer, err := f.c.Handle(device, body)
	if err == nil && turn%4 == 3 { // half of the answer comes
		w.Header().Set("Content-Type", batch.Type)
		w.Write(answer[:len(answer)/2])
		http.NewResponseController(w).Flush()
	}
	panic(http.ErrAbortHandler) // it is stored, and the device does not learn of it
}

// Package desk is how the operator's commands reach a collector that runs: a socket file in its
// directory, which only its owner can open. While no collector runs, the same requests are answered
// from the store itself. It is not reachable from a network, decides nothing and shows only what
// tools/collector/report says. Pages for a browser would be another package that reads the same way.
package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"tellijn/privacy/batch"
	"tellijn/tools/collector/intake"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/report"
	"tellijn/tools/collector/store"
)

// Paths of requests.
const (
	Status = "/status" // ?form=text or json
	Export = "/export" // ?form=csv, json or raw, device=, from=, to= (RFC 3339)
	Verify = "/verify"
	Batch  = "/batch" // POST one batch, as a file that a device wrote
	Clock  = "/clock" // GET how the clock stands; POST anything: it is right
)

// FaultsTrailer is the HTTP trailer that tells whether a long answer came whole: "none", or what ended it.
const FaultsTrailer = "Tellijn-Ended"

// Desk answers.
type Desk struct {
	Store    store.Store
	Register *register.Register
	Intake   *intake.Intake
	Now      func() time.Time
}

// Listen opens the socket. A socket that a killed collector left is put away; the caller has the store
// open, so there is no other collector.
func Listen(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("desk: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("desk: %w; hint: the path of a socket has at most about 100 characters", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("desk: %w", err)
	}
	return l, nil
}

// Client gives a client for a socket, and whether somebody answers there.
func Client(path string) (*http.Client, bool) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "unix", path)
	}
	c, err := dial(context.Background(), "", "")
	if err != nil {
		return nil, false
	}
	c.Close()
	return &http.Client{Transport: &http.Transport{DialContext: dial}}, true
}

// ServeHTTP answers one request of the operator.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == Batch && r.Method == http.MethodPost {
		d.take(w, r)
		return
	}
	if r.URL.Path == Clock {
		d.clock(w, r.Method == http.MethodPost)
		return
	}
	devices, err := d.Register.Devices()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	f, err := d.choose(w, r, devices)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Trailer", FaultsTrailer)
	ended := "none"
	if err := d.Store.View(f); err != nil {
		ended = err.Error()
	}
	w.Header().Set(FaultsTrailer, ended)
}

// choose gives what writes the answer.
func (d *Desk) choose(w io.Writer, r *http.Request, devices []register.Device) (func(store.Reader) error, error) {
	form := r.FormValue("form")
	which := report.Which{Device: r.FormValue("device")}
	for name, at := range map[string]*time.Time{"from": &which.From, "to": &which.To} {
		text := r.FormValue(name)
		if text == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, fmt.Errorf("-%s %q, want a time such as 2027-01-31T00:00:00Z", name, text)
		}
		*at = t
	}
	switch r.URL.Path + " " + form {
	case Status + " text", Status + " json":
		why, doubted, err := d.Intake.Clock().Word()
		if err != nil {
			return nil, err
		}
		return func(s store.Reader) error {
			all, err := report.Status(s, devices, d.Now())
			if err != nil {
				return err
			}
			report.Doubt(all, why, doubted)
			if form == "text" {
				if why != "" {
					fmt.Fprintf(w, "CLOCK: %s\n", why)
				}
				return report.Text(w, all, d.Now())
			}
			out := json.NewEncoder(w)
			out.SetIndent("", "  ")
			return out.Encode(all)
		}, nil
	case Export + " csv":
		return func(s store.Reader) error { return report.CSV(w, s, devices, which) }, nil
	case Export + " json":
		return func(s store.Reader) error { return report.JSON(w, s, devices, which) }, nil
	case Export + " raw":
		return func(s store.Reader) error { return report.Raw(w, s, devices, which.Device) }, nil
	case Verify + " ":
		return func(s store.Reader) error { return d.verify(w, s, devices) }, nil
	}
	return nil, fmt.Errorf("no %s in form %q; want csv, json or text", r.URL.Path, form)
}

// ErrFaults is how a check ends that found some.
var ErrFaults = errors.New("desk: the store is not whole")

func (d *Desk) verify(w io.Writer, s store.Reader, devices []register.Device) error {
	if err := d.Store.Check(); err != nil {
		return err
	}
	v, err := report.Verify(w, s, devices)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "looked at %d records, %d log entries and %d envelopes: %d missing, %d faults\n",
		v.Records, v.Entries, v.Envelopes, v.Missing, v.Faults)
	if v.Faults > 0 {
		return ErrFaults
	}
	return nil
}

// clock says how the collector's clock stands, or believes it.
func (d *Desk) clock(w http.ResponseWriter, confirm bool) {
	c := d.Intake.Clock()
	if confirm {
		at, err := c.Confirm()
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintf(w, "believed: it is %s\n", at.Format(time.RFC3339))
		return
	}
	switch why, _, err := c.Word(); {
	case err != nil:
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	case why != "":
		fmt.Fprintln(w, why)
	default:
		fmt.Fprintf(w, "believed: it is %s\n", d.Now().UTC().Format(time.RFC3339))
	}
}

// take gives a batch to the collector. A file has proved nothing about who wrote it; signatures do.
func (d *Desk) take(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, batch.MaxSize+1))
	if err == nil {
		b, err = d.Intake.Handle("", b)
	}
	switch {
	case errors.Is(err, intake.ErrUnavailable):
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		w.Header().Set("Content-Type", batch.Type)
		w.Write(b)
	}
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"

	"tellijn/tools/collector/desk"
	"tellijn/tools/collector/register"
)

func lookCommand(name string, args []string, out, errs io.Writer) error {
	about := map[string]string{
		"status": "Says how each device does: when it was last heard, what is missing, late or refused, and how far its\nlog was verified. A device that is silent is called stale; its last count is not shown as if it were news.",
		"export": "Writes records, a row for each line of each: what was released, corrections, level, totals, quality, what\nis late and what is missing before it. Times are UTC; where a device did not know the time and said so, they are\nput right, and what it signed stands beside them.",
		"verify": "Checks everything that is stored as if it had come today: signatures, names, links, logs. It ends with 1 if\nanything is not as it was signed, or if a device signed what an honest one would not. What is missing is said.",
	}
	f := options(name, about[name], errs)
	dir := f.String("dir", "", "the collector's directory; the collector may run or not")
	q := url.Values{}
	var text, from, to, device, file string
	var asJSON, raw bool
	switch name {
	case "status":
		f.BoolVar(&asJSON, "json", false, "for programs")
	case "export":
		f.StringVar(&text, "format", "csv", "csv or json")
		f.BoolVar(&raw, "raw", false, "instead: the signed messages, as a CBOR sequence, for whoever wants to check them")
		f.StringVar(&device, "device", "", "only this device")
		f.StringVar(&from, "from", "", "only intervals that end at or after this time, such as 2027-01-31T00:00:00Z")
		f.StringVar(&to, "to", "", "only intervals that end before this time")
		f.StringVar(&file, "o", "", "file to write, which must not be there yet; otherwise to the terminal")
	}
	if err := parse(f, args); err != nil {
		return err
	}
	if *dir == "" || f.NArg() > 0 {
		return wrong(errs, "want -dir STORE and options only; collector %s -help says more", name)
	}
	path := "/" + name
	switch {
	case raw:
		q.Set("form", "raw")
	case name == "export":
		q.Set("form", text)
	case asJSON:
		q.Set("form", "json")
	case name == "status":
		q.Set("form", "text")
	}
	for k, v := range map[string]string{"from": from, "to": to, "device": device} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if file == "" {
		return ask(*dir, path+"?"+q.Encode(), nil, false, out)
	}
	o, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := ask(*dir, path+"?"+q.Encode(), nil, false, o); err != nil {
		o.Close()
		return err
	}
	return o.Close()
}

const clockAbout = `Says whether the collector believes the clock of this computer. Where a clock goes far ahead or back, no
batch is taken (devices try again) and nothing is deleted, until the clock is put right. When it is right:

  collector clock -dir STORE -confirm

Look at the time first: what is then older than serve -keep is deleted.`

func clockCommand(args []string, out, errs io.Writer) error {
	f := options("clock", clockAbout, errs)
	dir := f.String("dir", "", "the collector's directory; the collector may run or not")
	confirm := f.Bool("confirm", false, "the clock is right")
	if err := parse(f, args); err != nil {
		return err
	}
	if *dir == "" || f.NArg() > 0 {
		return wrong(errs, "want -dir STORE and options only; collector clock -help says more")
	}
	var body []byte
	if *confirm {
		body = []byte("yes")
	}
	return ask(*dir, desk.Clock, body, false, out)
}

// ask gets an answer from the collector that runs, or from the store itself. A body is posted;
// simulated counts where no collector runs, which says so itself.
func ask(dir, path string, body []byte, simulated bool, out io.Writer) error {
	r, err := register.Open(dir)
	if err != nil {
		return err
	}
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	q, err := http.NewRequest(method, "http://collector"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if c, ok := desk.Client(r.Path(register.Socket)); ok {
		a, err := c.Do(q)
		if err != nil {
			return fmt.Errorf("asking the collector that runs: %w", err)
		}
		defer a.Body.Close()
		return pass(a.StatusCode, a.Body, func() string { return a.Trailer.Get(desk.FaultsTrailer) }, out)
	}
	s := service{dir: dir, log: slog.New(slog.DiscardHandler), days: keepDays}
	if err := s.open(simulated); err != nil {
		return err
	}
	defer s.store.Close()
	w := &writer{out: out, header: http.Header{}}
	s.desk.ServeHTTP(w, q)
	return pass(max(w.status, http.StatusOK), &w.said, func() string { return w.header.Get(desk.FaultsTrailer) }, out)
}

// pass copies an answer and gives the error that it ended with.
func pass(status int, from io.Reader, ended func() string, out io.Writer) error {
	if status != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(from, 1<<16))
		return errors.New(string(bytes.TrimSpace(text)))
	}
	if _, err := io.Copy(out, from); err != nil {
		return err
	}
	if e := ended(); e != "none" && e != "" {
		return errors.New(e)
	}
	return nil
}

// writer passes an answer on as it comes, and keeps words of an error.
type writer struct {
	out    io.Writer
	header http.Header
	status int
	said   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (w *writer) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *writer) WriteHeader(status int) { w.status = status }

// Write implements http.ResponseWriter.
func (w *writer) Write(b []byte) (int, error) {
	if w.status > http.StatusOK {
		return w.said.Write(b)
	}
	return w.out.Write(b)
}

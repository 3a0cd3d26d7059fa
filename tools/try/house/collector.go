package house

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"time"

	"tellijn/tools/collector/desk"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/report"
	"tellijn/tools/try/programs"
)

// starting is how long a program of the house may take until it listens.
const starting = 15 * time.Second

// startCollector starts the collector and gives the address on which it listens. broker is one to
// hear, or "".
func (h *House) startCollector(broker string) (address string, err error) {
	heard := make(chan string, 1)
	listens := regexp.MustCompile(`devices reach https://(\S+),`)
	say := h.tell("collector")
	args := []string{"serve", "-dir", h.path(collectorDir), "-listen", "127.0.0.1:0", "-simulated"}
	if broker != "" {
		args = append(args, "-mqtt", broker)
	}
	h.collector, err = programs.Start("the collector", filepath.Join(h.plan.Programs, "collector"), args, nil, func(line string) {
		if m := listens.FindStringSubmatch(line); m != nil {
			select {
			case heard <- m[1]:
			default:
			}
			line = "Loaded   " + line
		}
		say(line)
	})
	if err != nil {
		return "", err
	}
	h.watch(h.collector, false)
	select {
	case address = <-heard:
	case <-h.collector.Done():
		return "", fmt.Errorf("the collector does not start: %w", errors.Join(h.collector.Err()))
	case <-time.After(starting):
		return "", fmt.Errorf("the collector does not listen after %v", starting)
	}
	for end := time.Now().Add(starting); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if c, ok := desk.Client(h.path(collectorDir, register.Socket)); ok {
			h.front = c
			return address, nil
		}
	}
	return "", fmt.Errorf("the collector answers no commands after %v", starting)
}

// Status gives how each device does, as its collector knows it, by name.
func (h *House) Status(ctx context.Context) (map[string]report.Standing, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://collector"+desk.Status+"?form=json", nil)
	if err != nil {
		return nil, err
	}
	a, err := h.front.Do(q)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	switch ended := a.Trailer.Get(desk.FaultsTrailer); {
	case err != nil:
		return nil, err
	case a.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the collector: %s", bytes.TrimSpace(b))
	case ended != "none":
		return nil, fmt.Errorf("the collector: %s", ended)
	}
	return standings(b)
}

// Last ends the network and the collector, so that nothing is under way any more, and gives how each
// device does by what is stored, and the path of a file with everything as devices signed it. The doors
// have to be closed.
func (h *House) Last() (status map[string]report.Standing, export string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), starting)
	defer cancel()
	h.Wire.Close()
	if !h.collector.End(patienceOther) {
		err = fmt.Errorf("the collector ended badly: %w", errors.Join(h.collector.Err()))
	}
	out, e := h.run(ctx, "collector", "status", "-json", "-dir", h.path(collectorDir))
	if e != nil {
		return nil, "", errors.Join(err, e)
	}
	if status, e = standings([]byte(out)); e != nil {
		return nil, "", errors.Join(err, e)
	}
	export = h.path(exported)
	_, e = h.run(ctx, "collector", "export", "-raw", "-dir", h.path(collectorDir), "-o", export)
	return status, export, errors.Join(err, e)
}

// standings reads a status.
func standings(text []byte) (map[string]report.Standing, error) {
	var all []report.Standing
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("the collector's status: %w", err)
	}
	out := map[string]report.Standing{}
	for _, s := range all {
		out[s.Device] = s
	}
	return out, nil
}

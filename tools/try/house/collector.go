package house

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"tellijn/tools/collector/desk"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/report"
	"tellijn/tools/try/programs"
)

// front is how the house asks its collector: as the operator's own commands do.
type front struct{ client *http.Client }

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
			h.front.client = c
			return address, nil
		}
	}
	return "", fmt.Errorf("the collector answers no commands after %v", starting)
}

// ask gets an answer that the collector gives to its operator.
func (h *House) ask(ctx context.Context, path string) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://collector"+path, nil)
	if err != nil {
		return nil, err
	}
	a, err := h.front.client.Do(q)
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
	return b, nil
}

// Status gives how each device does, as its collector knows it, by name.
func (h *House) Status(ctx context.Context) (map[string]report.Standing, error) {
	b, err := h.ask(ctx, desk.Status+"?form=json")
	if err != nil {
		return nil, err
	}
	var all []report.Standing
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, fmt.Errorf("the collector's status: %w", err)
	}
	out := map[string]report.Standing{}
	for _, s := range all {
		out[s.Device] = s
	}
	return out, nil
}

// Export writes everything that the collector has, as devices signed it, and gives the path.
func (h *House) Export(ctx context.Context) (string, error) {
	b, err := h.ask(ctx, desk.Export+"?form=raw")
	if err != nil {
		return "", err
	}
	path := h.path(exported)
	return path, os.WriteFile(path, b, 0o600)
}

// Patience bounds what is asked at the end.
func Patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), starting)
}

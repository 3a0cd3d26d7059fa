package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tellijn/privacy/batch"
	"tellijn/tools/collector/desk"
	"tellijn/tools/collector/register"
)

const importAbout = `Takes batches that devices wrote to files, for places without a network:

  collector import -dir STORE /media/stick

takes every batch file in a directory, or the files that are named, and writes an answer file beside each.
Back at the device, the answers tell it what it need not keep. Taking a file twice stores nothing twice.
Signatures tell who wrote a file; where it came from does not matter.`

func importCommand(args []string, out, errs io.Writer) error {
	f := options("import", importAbout, errs)
	dir := f.String("dir", "", "the collector's directory; the collector may run or not")
	simulated := f.Bool("simulated", false, "take records of people who were drawn, from devices enrolled so; a collector that runs goes by its own option")
	if err := parse(f, args); err != nil {
		return err
	}
	if *dir == "" || f.NArg() == 0 {
		return wrong(errs, "want -dir STORE and a file or directory; collector import -help says more")
	}
	r, err := register.Open(*dir)
	if err != nil {
		return err
	}
	key, err := r.Receipts()
	if err != nil {
		return err
	}
	files, err := batches(f.Args())
	if err != nil {
		return err
	}
	failed := 0
	for _, path := range files {
		said, err := take(*dir, path, *simulated, func(a batch.Answer) (batch.Receipt, error) { return batch.OpenReceipt(key.Public(), a.Receipt) })
		if err != nil {
			failed++
			said = "NOT TAKEN: " + err.Error()
		}
		fmt.Fprintf(out, "%s: %s\n", path, said)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files were not taken", failed, len(files))
	}
	return nil
}

// batches gives the batch files of what was named, each directory's in order of their names.
func batches(named []string) (files []string, err error) {
	for _, n := range named {
		info, err := os.Stat(n)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, n)
			continue
		}
		found, err := filepath.Glob(filepath.Join(escape(n), "*"+batch.BatchFile))
		if err != nil {
			return nil, err
		}
		slices.Sort(found)
		for _, path := range found {
			if _, _, _, ok := batch.ParseFileName(filepath.Base(path)); ok {
				files = append(files, path)
			}
		}
	}
	if len(files) == 0 {
		return nil, errors.New("no batch file there; devices name them tellijn-DEVICE-NUMBER" + batch.BatchFile)
	}
	return files, nil
}

// escape makes a path a pattern that means the path.
func escape(path string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace(path)
}

// take takes one file and writes its answer.
func take(dir, path string, simulated bool, open func(batch.Answer) (batch.Receipt, error)) (string, error) {
	device, n, end, ok := batch.ParseFileName(filepath.Base(path))
	if !ok || end != batch.BatchFile {
		return "", fmt.Errorf("the name is none of a batch file; want tellijn-DEVICE-NUMBER%s", batch.BatchFile)
	}
	in, err := os.Open(path)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(in, batch.MaxSize+1))
	in.Close()
	if err != nil {
		return "", err
	}
	read, err := batch.Decode(b)
	if err != nil || read.Device != device {
		return "", fmt.Errorf("not a batch of %s: %w", device, errors.Join(err, errNot(read.Device, device)))
	}
	var answer bytes.Buffer
	if err := ask(dir, desk.Batch, b, simulated, &answer); err != nil {
		return "", err
	}
	a, err := batch.DecodeAnswer(answer.Bytes())
	if err != nil {
		return "", err
	}
	r, err := open(a)
	if err == nil {
		err = r.Answers(&read)
	}
	if err != nil {
		return "", err
	}
	stored, why := 0, ""
	for _, v := range r.Verdicts {
		if v.Outcome == batch.Stored {
			stored++
		} else {
			why += ", one refused: " + v.Reason.String()
		}
	}
	beside := filepath.Join(filepath.Dir(path), batch.FileName(device, n, batch.AnswerFile))
	if err := register.WriteFile(beside, answer.Bytes(), 0o644); err != nil {
		return "", fmt.Errorf("stored, but the answer could not be written: %w", err)
	}
	return fmt.Sprintf("%d of %d stored%s", stored, len(r.Verdicts), why), nil
}

func errNot(have, want string) error {
	if have == want {
		return nil
	}
	return fmt.Errorf("it is of %q", have)
}

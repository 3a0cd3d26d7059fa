package label

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tellijn/boards"
	"tellijn/firmware/config"
	"tellijn/tools/fieldkit/command"
)

const about = `label draws the label of a device, 62 mm wide, as PDF and PNG:

  fieldkit label -config north-door.toml -board rpi-zero-2w -whose "University of Here" -read https://example.edu/counting -o labels`

// Command is the subcommand.
func Command() command.Command {
	return command.Command{Name: "label", Line: "draws the label that hangs beside a camera", Run: run}
}

func run(_ context.Context, args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("label", flag.ContinueOnError)
	t := Text{}
	conf := f.String("config", "", "configuration of the device, for its name and hours")
	board := f.String("board", "", "board of the device, with -config")
	f.StringVar(&t.Device, "device", "", "name of the device, without -config")
	f.StringVar(&t.Whose, "whose", "", "who answers for the camera")
	f.StringVar(&t.Read, "read", "", "address of the page with more about it")
	dir := f.String("o", ".", "folder for the two files")
	if err := command.Parse(f, about, args, errOut); err != nil {
		return err
	}
	if (*conf == "") == (t.Device == "") || (*conf == "") != (*board == "") {
		return command.Usage("label", "want -config and -board, or -device")
	}
	if *conf != "" {
		b, err := boards.Lookup(*board)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(*conf)
		if err != nil {
			return fmt.Errorf("label: %w", err)
		}
		if err := config.Apply(*conf, string(text), &b); err != nil {
			return err
		}
		t.Device, t.Hours = b.Device, b.Hours
	}
	if err := Write(*dir, &t); err != nil {
		return err
	}
	fmt.Fprintln(out, filepath.Join(*dir, t.Device+".pdf"))
	fmt.Fprintln(out, filepath.Join(*dir, t.Device+".png"))
	return nil
}

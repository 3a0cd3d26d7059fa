//go:build !linux

package firmware_test

import "os"

func hang(string) { os.Exit(90) }

func tryWhatItMayNot() { os.Exit(92) }

func forbid() { os.Exit(93) }

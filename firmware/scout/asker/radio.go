package asker

import (
	"bufio"
	"bytes"
	"io"

	"tellijn/firmware/scout/talk"
)

// listen hears what a supplicant says and passes on what of it people want to know, until it ends. Lines
// longer than the buffer are cut into several, of which none means anything.
func listen(r io.ReadCloser, to chan<- talk.Code) {
	defer r.Close()
	b := bufio.NewReaderSize(r, 1024)
	for {
		line, err := b.ReadSlice('\n')
		if c := Heard(line); c != 0 {
			to <- c
		}
		if err != nil && err != bufio.ErrBufferFull {
			return
		}
	}
}

// Heard gives what a line of wpa_supplicant means to people, or 0. What strangers can put into such a line,
// the name of a network for one, chooses among these at most. (wpa_supplicant 2.10, src/common/wpa_ctrl.h)
func Heard(line []byte) talk.Code {
	has := func(s string) bool { return bytes.Contains(line, []byte(s)) }
	switch {
	case has("CTRL-EVENT-CONNECTED"):
		return talk.Associated
	case has("CTRL-EVENT-EAP-TLS-CERT-ERROR"):
		return talk.WrongPeer
	case has("reason=WRONG_KEY"), has("pre-shared key may be incorrect"), has("CTRL-EVENT-ASSOC-REJECT") && has("status_code=1 "):
		return talk.WrongKey
	case has("CTRL-EVENT-EAP-FAILURE"), has("CTRL-EVENT-SSID-TEMP-DISABLED"), has("CTRL-EVENT-ASSOC-REJECT"):
		return talk.NotLetIn
	case has("CTRL-EVENT-NETWORK-NOT-FOUND"):
		return talk.NoStation
	}
	return 0
}

package batch

import (
	"fmt"
	"strconv"
	"strings"
)

// Where batches go over HTTPS, and what they are called there.
const (
	Path = "/v1/batch"        // POST
	Type = "application/cbor" // of batch and answer
)

// Up is the MQTT topic on which a device sends batches; Down is where it listens for answers, which
// carry the batch's number as correlation data.
func Up(device string) string { return "tellijn/v1/" + device + "/up" }

// Down is the MQTT topic on which a device gets its answers.
func Down(device string) string { return "tellijn/v1/" + device + "/down" }

// Status is the MQTT topic on which a device says that it is Here; the broker says that it is Gone. Both
// are kept there for whoever asks later.
func Status(device string) string { return "tellijn/v1/" + device + "/status" }

// What is said on Status.
const (
	Here = "here"
	Gone = "gone"
)

// Ends of file names.
const (
	BatchFile  = ".batch"
	AnswerFile = ".answer"
)

// FileName names the nth file of a device, with BatchFile or AnswerFile as its end. The answer to a
// batch has the same n. Later batches have larger numbers, and names sort like numbers.
func FileName(device string, n uint64, end string) string {
	return fmt.Sprintf("tellijn-%s-%012d%s", device, n, end)
}

// ParseFileName reads a name that FileName wrote; end is BatchFile or AnswerFile.
func ParseFileName(name string) (device string, n uint64, end string, ok bool) {
	rest, ok := strings.CutPrefix(name, "tellijn-")
	if !ok {
		return "", 0, "", false
	}
	for _, end := range []string{BatchFile, AnswerFile} {
		middle, ok := strings.CutSuffix(rest, end)
		i := strings.LastIndexByte(middle, '-')
		if !ok || i < 0 {
			continue
		}
		n, err := strconv.ParseUint(middle[i+1:], 10, 64)
		if device := middle[:i]; err == nil && ValidDevice(device) && FileName(device, n, end) == name {
			return device, n, end, true
		}
	}
	return "", 0, "", false
}

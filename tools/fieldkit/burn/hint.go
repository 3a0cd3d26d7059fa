package burn

import (
	"context"
	"errors"
	"syscall"
)

// Hint says in plain words what became of the card, and what to do now.
func Hint(err error) string {
	const again = " The card does not boot. "
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrHead):
		return "Do not use this card, throw it away."
	case errors.Is(err, ErrSmall):
		return "Nothing was written. Take a larger card."
	case errors.Is(err, ErrSource):
		return "It is not the card." + again + "Get the image anew, and write the card again."
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "You stopped it." + again + "Write it again before you use it."
	case errors.Is(err, ErrDiffers):
		return "The card is broken, or smaller than it says." + again + "Throw it away and take another."
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
		return "The card cannot be written. Move the little lever at its side, or at that of its adapter." + again
	case errors.Is(err, syscall.ENOSPC):
		return "The card was pulled out, or is smaller than it says." + again + "Push it in again and start again; if that happens twice, throw it away."
	case errors.Is(err, syscall.EIO), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.EBADF):
		return "The card was pulled out, or it or its reader is broken." + again + "Push it in again and start again; if that happens twice, take another card, then another reader."
	}
	return "Something was wrong with this card." + again + "Start again; if that happens twice, take another card."
}

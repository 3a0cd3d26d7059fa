package ask

import "syscall"

// closed has descriptors arrive such that no program is ever started with them.
const closed = syscall.MSG_CMSG_CLOEXEC

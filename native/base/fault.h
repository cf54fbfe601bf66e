/*
 * Fault points: places at which a test build (-DCSC_FAULTS) waits for a while,
 * so that a test can kill something just there (tests/sandbox/faults.ts). In
 * csc as it is shipped each of them is nothing at all.
 *
 * The stages of the launcher are points of their own, by their number.
 */
#ifndef CSC_BASE_FAULT_H
#define CSC_BASE_FAULT_H

enum csc_fault_point {
	CSC_FAULT_CHILD_BORN = 101,     /* PID 1's child, before it does anything */
	CSC_FAULT_CHILD_READY = 102,    /* the same, right before it becomes the command */
	CSC_FAULT_SPAWN_BORN = 111,     /* csc's child, in the new namespaces */
	CSC_FAULT_SPAWN_READY = 112,    /* the same, right before it becomes the launcher */
	CSC_FAULT_BEFORE_SPAWN = 121,   /* csc itself, with pipes and cgroup made */
	CSC_FAULT_AFTER_SPAWN = 122,    /* the launcher runs, nobody listens to it yet */
	CSC_FAULT_EXCHANGE = 124,       /* a child that has ended keeps the namespace of an idmap */
	CSC_FAULT_BEFORE_COLLECT = 123, /* all is over but the reaping */
	/* Nobody waits at these: a wall is left out, to see that another holds. */
	CSC_FAULT_NO_PIVOT = 141,       /* the command sees the host's tree */
	CSC_FAULT_NO_WALL = 142,        /* the same, and Landlock is left out too */
};

#ifdef CSC_FAULTS

/* Waits here, under the name "csc-fault", if this is the point that was chosen. */
void csc_fault(unsigned int point);

/* The choice, as a descriptor for the launcher, which has no environment. */
int csc_fault_choice(void);

/* Whether the launcher was told of this point. */
int csc_fault_chosen(unsigned int point);
#define CSC_FAULT(point) csc_fault(point)
#define CSC_FAULT_CHOSEN(point) csc_fault_chosen(point)
#define CSC_FAULT_CHOICE(otherwise) csc_fault_choice()

#else

#define CSC_FAULT(point) ((void)0)
#define CSC_FAULT_CHOSEN(point) 0
#define CSC_FAULT_CHOICE(otherwise) (otherwise)

#endif

#endif

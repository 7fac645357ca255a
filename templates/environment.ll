; Where C programs look for the variables of their environment.

@environ = global ptr null

define ptr @sys_environ() nounwind optsize {
  ret ptr @environ
}

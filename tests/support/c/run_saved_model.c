/* Runs an exported model through TensorFlow's C API: two inputs and an output, all uint8 [1, H, W, C].
 *
 * run_saved_model MODEL IMAGE_TENSOR MASK_TENSOR OUTPUT_TENSOR HEIGHT WIDTH IMAGE_FILE MASK_FILE OUTPUT_FILE
 *
 * Tensors are named as in the signature, operation:index; files hold raw values. The picture is filled, then
 * a request is made whose mask is too small and what TensorFlow says to it printed, and then the picture is
 * filled again and written.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tensorflow/c/c_api.h"

static void fail(const char* what, const char* why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

static TF_Output find(TF_Graph* graph, const char* tensor) {
  char name[512];
  const char* colon = strrchr(tensor, ':');
  if (colon == NULL || (size_t)(colon - tensor) >= sizeof name) fail(tensor, "no name of a tensor");
  memcpy(name, tensor, (size_t)(colon - tensor));
  name[colon - tensor] = '\0';
  TF_Output output = {TF_GraphOperationByName(graph, name), atoi(colon + 1)};
  if (output.oper == NULL) fail(tensor, "no such operation");
  return output;
}

/* A tensor [1, height, width, channels], from a file or, without one, of zeros. */
static TF_Tensor* load(const char* path, int64_t height, int64_t width, int64_t channels) {
  int64_t shape[4] = {1, height, width, channels};
  size_t size = (size_t)(height * width * channels);
  TF_Tensor* tensor = TF_AllocateTensor(TF_UINT8, shape, 4, size);
  if (path == NULL) {
    memset(TF_TensorData(tensor), 0, size);
    return tensor;
  }
  FILE* file = fopen(path, "rb");
  if (file == NULL) fail(path, "cannot be opened");
  if (fread(TF_TensorData(tensor), 1, size, file) != size || fgetc(file) != EOF) fail(path, "has another size");
  fclose(file);
  return tensor;
}

int main(int argc, char** argv) {
  if (argc != 10) fail(argv[0], "nine arguments are needed");
  int64_t height = atoll(argv[5]), width = atoll(argv[6]);
  TF_Status* status = TF_NewStatus();
  TF_Graph* graph = TF_NewGraph();
  TF_SessionOptions* options = TF_NewSessionOptions();
  const char* tags[] = {"serve"};
  TF_Session* session = TF_LoadSessionFromSavedModel(options, NULL, argv[1], tags, 1, graph, NULL, status);
  if (TF_GetCode(status) != TF_OK) fail(argv[1], TF_Message(status));

  TF_Output inputs[2] = {find(graph, argv[2]), find(graph, argv[3])};
  TF_Output output = find(graph, argv[4]);
  TF_Tensor* image = load(argv[7], height, width, 3);
  TF_Tensor* masks[2] = {load(argv[8], height, width, 1), load(NULL, height / 2, width / 2, 1)};
  TF_Tensor* filled = NULL;
  for (int request = 0; request < 3; ++request) {
    int wrong = request == 1;
    TF_Tensor* values[2] = {image, masks[wrong]};
    if (filled != NULL) TF_DeleteTensor(filled);
    filled = NULL;
    TF_SessionRun(session, NULL, inputs, values, 2, &output, &filled, 1, NULL, 0, NULL, status);
    if (wrong) {
      if (TF_GetCode(status) != TF_INVALID_ARGUMENT) fail("the wrong request", "was not refused");
      printf("%s\n", TF_Message(status));
    } else if (TF_GetCode(status) != TF_OK) {
      fail("the right request", TF_Message(status));
    }
  }
  FILE* file = fopen(argv[9], "wb");
  size_t size = TF_TensorByteSize(filled);
  if (file == NULL || fwrite(TF_TensorData(filled), 1, size, file) != size || fclose(file) != 0) {
    fail(argv[9], "cannot be written");
  }

  TF_DeleteTensor(filled);
  TF_DeleteTensor(image);
  TF_DeleteTensor(masks[0]);
  TF_DeleteTensor(masks[1]);
  TF_CloseSession(session, status);
  TF_DeleteSession(session, status);
  TF_DeleteSessionOptions(options);
  TF_DeleteGraph(graph);
  TF_DeleteStatus(status);
  return 0;
}

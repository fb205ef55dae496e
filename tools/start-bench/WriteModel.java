import dev.heddle.format.model.ModelConfigWriter;
import dev.heddle.format.model.RandomCheckpoint;
import dev.heddle.model.RandomModel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a model of DeepSeek-V2-Lite's shape with random weights: FOLDER LAYERS TOKENIZER. */
public class WriteModel {
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int layers = Integer.parseInt(args[1]);
    RandomCheckpoint.write(
        folder, RandomModel.lite(layers), 1, layers, ModelConfigWriter.Names.OLDER);
    for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      Files.copy(Path.of(args[2]).resolve(name), folder.resolve(name));
    }
  }
}
